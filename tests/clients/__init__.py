"""The registry's own clients against a live server: unmodified, in environments of their own.

`openapi/` and `cli/` hold the scripts that run beside them; the tests here start them and judge
what they bring back.
"""
