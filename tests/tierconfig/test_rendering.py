"""Templates: values are text, whatever they contain."""

import re

import pytest

from tierconfig.rendering import fill, to_html

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "![x](https://evil.example/pixel)",
    "<https://evil.example>",
    "**bold** _em_ `code`",
    "# Heading",
    "a\n\n# Heading",
    "a\n===",
    "a\n---",
    "---",
    "- item",
    "+ item",
    "* item",
    "1. item",
    "1) item",
    "> quote",
    "~~~\ncode",
    "```\ncode",
    "    code",
    "a\n\n    code",
    "| a | b |\n| --- | --- |\n| 1 | 2 |",
    "[x]: https://evil.example",
    "{{ vat }}",
    "&lt;b&gt; &copy; &#106;",
    "a\\",
    "line  \nbreak",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_adds_no_markup(value):
    for body in ("{{ vat }}", "Number {{ vat }}", "Number:\n\n{{ vat }}\n\nEnd", "- {{ vat }}"):
        html = to_html(fill(body, {"vat": value}))
        without = to_html(fill(body, {"vat": "DE1"}))
        tags = re.findall(r"</?[a-z0-9]+", html)
        assert tags == re.findall(r"</?[a-z0-9]+", without), html


@pytest.mark.parametrize("value", [v for v in HOSTILE if "\n" not in v and not v.startswith(" ")])
def test_a_value_is_read_as_it_was_typed(value):
    import html

    shown = re.sub(r"<[^>]+>", "", to_html(fill("Number {{ vat }}!", {"vat": value})))
    assert html.unescape(shown).strip() == f"Number {value}!"


def test_lines_of_a_value_become_one():
    assert fill("{{ vat }}", {"vat": " DE1\r\n DE2 "}) == "DE1 DE2"


def test_values_are_not_filled_again():
    assert "DE1" not in fill("{{ a }}", {"a": "{{ b }}", "b": "DE1"})


def test_unknown_and_empty_placeholders_vanish():
    assert fill("[{{ nothing }}{{empty}}]", {"empty": ""}) == "[]"
    assert fill("{{ a.b }} {% if %}", {}) == "{{ a.b }} {% if %}"


def test_an_empty_value_leaves_no_emphasis_behind():
    html = to_html(fill("- Key: **{{ key }}**\n- Id: **{{ id }}**\n\n****\n", {"id": "7"}))
    assert "****" not in html
    assert "<li>Key: </li>" in html.replace("Key:</li>", "Key: </li>")
    assert "<strong>7</strong>" in html
    assert "<hr" in html


def test_a_value_may_be_the_address_of_a_link_but_no_script():
    body = "[Open]({{ url }})"
    assert 'href="https://a.example/x_y?b=1&amp;c=2"' in to_html(
        fill(body, {"url": "https://a.example/x_y?b=1&c=2"})
    )
    assert "href" not in to_html(fill(body, {"url": "javascript:alert(1)"}))


@pytest.mark.parametrize(
    "body",
    [
        "<script>alert(1)</script>",
        "<b onclick=alert(1)>x</b>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,PHNjcmlwdD4=)",
        "<iframe src=https://evil.example></iframe>",
        "[x](vbscript:x)",
    ],
)
def test_a_vendors_own_text_is_sanitised_too(body):
    html = to_html(body)
    assert not re.search(r"<(script|b|iframe)|<[^>]+ (href|onclick)=", html)


def test_markdown_works():
    html = to_html("# Welcome\n\n[Site](https://a.example)\n\n| a |\n| --- |\n| 1 |")
    assert "<h1>Welcome</h1>" in html
    assert 'rel="noopener noreferrer nofollow"' in html
    assert "<table>" in html
