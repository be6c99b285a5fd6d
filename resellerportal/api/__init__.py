"""The REST API at /public/v1, in the words of the field's own clients.

Views stand over the same services, visibility and machines as the pages; what is written here is
only how they are asked and how they answer. One package per resource: `views` and `bodies` say what
is taken, `shapes` what is given, `filters` what lists are narrowed and ordered by.
"""
