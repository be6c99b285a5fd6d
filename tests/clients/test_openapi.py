"""connect-openapi-client 35: lists, errors, and both stories through the API alone."""


def test_lists_are_read_in_every_way_the_client_knows(served):
    read = served.run("openapi", "reading")
    assert read["hubs"] == ["API"]
