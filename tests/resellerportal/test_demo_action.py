"""The page behind the demo's buttons."""

import jwt
import pytest

KEY = "k" * 40


@pytest.fixture
def opened(client, db, settings):
    settings.DEMO_MODE = True
    return lambda token: client.get("/demo/action/", {"jwt": token})


def test_the_claims_of_the_token_are_shown_as_text(opened):
    token = jwt.encode({"action_id": "<b>training</b>", "exp": 1}, KEY, algorithm="HS256")
    page = opened(token)
    assert "&lt;b&gt;training&lt;/b&gt;" in page.content.decode()
    assert "1970-01-01 00:00:01 UTC" in page.content.decode()
    assert page["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize("token", ["", "nonsense", "a.b.c", "." * 10_000, "e30.W10.x"])
def test_what_is_no_token_is_said_to_be_none(opened, token):
    page = opened(token)
    assert page.status_code == 200
    assert "There is no token in this link" in page.content.decode()


def test_it_is_not_there_outside_demo_mode(client, db, settings):
    settings.DEMO_MODE = False
    assert client.get("/demo/action/").status_code == 404
