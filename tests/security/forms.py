"""The forms of a page as a browser would send them, and hostile things to write into them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

FORM = "application/x-www-form-urlencoded"
ALERT = "alert(7357)"
MARKUP = f"<script>{ALERT}</script>\"'><img src=x onerror={ALERT}>"
#: What no page may contain: markup of MARKUP that was not escaped.
UNESCAPED = (f"<script>{ALERT}", "<img src=x")
MISSING = object()

HOSTILE: dict[str, Any] = {
    "NUL": "a\0b",
    "no UTF-8": b"\xed\xa0\x80\xff\xc0\x80",
    "long": "x" * 10_000,
    "markup": MARKUP,
    "template": "{{ 7|add:7 }}{% now 'Y' %}{{ request.user.password }}{value}%(x)s%s",
    "mail header": "a\r\nBcc: eve@evil.example\r\n\r\nb",
    "huge number": "9" * 400,
    "other number": "-1.5e400",
    "Arabic digits": "٣",
    "bidi": "\u202egnp.exe\u200b\ufeff",
    "list": ["one", "two"],
    "missing": MISSING,
    "deep": "[" * 9_000,
    "JSON": '{"a": ["\\ud800\\u0000", 1e999, NaN]}',
    "early": "0001-01-01T00:00",
    "late": "9999-12-31T23:59:59",
    "path": "../../etc/passwd",
    "SQL": "' OR 1=1; --",
    "like": "%_%",
}


@dataclass
class Form:
    """Fields with the values a browser would send; `buttons` are the named submit buttons."""

    action: str
    fields: dict[str, Any] = field(default_factory=dict)
    buttons: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.form: Form | None = None
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        own = dict(attrs)
        if tag == "form":
            posts = (own.get("method") or "").lower() == "post"
            self.form = Form(own.get("action") or "") if posts else None
        if self.form is None:
            return
        name = own.get("name") or ""
        if tag == "select":
            self.select = name
        elif tag == "option" and self.select:
            if "selected" in own or not self.form.fields.get(self.select):
                self.form.fields[self.select] = own.get("value") or ""
        elif tag == "textarea":
            self.area = name
            self.form.fields[name] = ""
        elif tag == "button" and name:
            self.form.buttons.append(name)
        elif tag == "input" and name:
            self._input(self.form, name, own)

    def _input(self, form: Form, name: str, own: dict[str, str | None]) -> None:
        kind, text = own.get("type") or "text", own.get("value") or ""
        if kind in ("radio", "checkbox"):
            if "checked" in own or (kind == "radio" and not form.fields.get(name)):
                form.fields[name] = text or "on"
            else:
                form.fields.setdefault(name, "")
        else:
            form.fields[name] = text

    def handle_data(self, data: str) -> None:
        if self.area and self.form is not None:
            self.form.fields[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.form is not None:
            self.forms.append(self.form)
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea":
            self.area = ""


def forms_of(page: str, path: str) -> list[Form]:
    """The forms of the page at `path` that send to itself."""
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if form.action in ("", path)]


def body(fields: dict[str, Any]) -> bytes:
    """The fields percent-encoded; a list is sent as several values, MISSING not at all."""
    kept = {name: value for name, value in fields.items() if value is not MISSING}
    return urlencode(kept, doseq=True).encode()
