"""What templates of the portal say beyond Django: the shell, states, ages, ids, form fields."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django import forms, template
from django.db.models import Model
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from customers.services.icons import key_of

from .. import cells, states
from ..forms import Problem, dressed, problems
from ..frame import rail
from ..frame.shell import Entry, Shell
from ..frame.shell import shell as make_shell

register = template.Library()


@register.simple_tag(takes_context=True)
def shell(context: Context) -> Shell:
    """The Shell of the page; works without a request too."""
    return make_shell(context.get("request"))


class Steady(template.Node):
    """What is the same on every page, rendered once per language and process.

    It is rendered without the page's variables, so that nothing of one page can reach another.
    """

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.texts: dict[str | None, SafeString] = {}

    def render(self, context: Context) -> SafeString:
        language = get_language()
        if language not in self.texts:
            self.texts[language] = self.nodelist.render(context.new())
        return self.texts[language]


@register.tag
def steady(parser: Parser, token: Token) -> Steady:
    """`{% steady %}…{% endsteady %}` around a piece that no page, user or tenant changes."""
    nodelist = parser.parse(("endsteady",))
    parser.delete_first_token()
    return Steady(nodelist)


@register.simple_tag(name="rail")
def rail_of(entries: list[Entry]) -> SafeString:
    """The lines of the rail."""
    return rail.lines(entries)


@register.simple_tag
def state(obj: Model | SafeString | None) -> Any:
    """The badge of an object's state; one that a view made (states.badge_of) as it is."""
    if isinstance(obj, Model):
        return states.badge(obj)
    return obj if isinstance(obj, SafeString) else ""


@register.simple_tag
def since(moment: datetime | None) -> Any:
    """Relative time with the absolute one on hover."""
    return cells.age(moment) or ""


@register.filter
def absolute(moment: datetime | None) -> str:
    return cells.absolute(moment) if moment else ""


#: Ids, and moments as `absolute` writes them.
_WHOLE = re.compile(r"\b(?:[A-Z]{2,6}(?:-\d{3,5}){1,6}|\d{4}-\d\d-\d\d \d\d:\d\d \w+)\b", re.ASCII)


@register.filter
def unbroken(text: Any) -> SafeString:
    """`text` with its ids and moments each kept on one line, by the class "whole"."""
    return SafeString(_WHOLE.sub(r'<span class="whole">\g<0></span>', cells.esc(text)))


@register.simple_tag
def identifier(pk: Any, url: str = "") -> SafeString:
    """An id in monospace, a link when `url` is given, with a copy button where JavaScript runs.

    Nothing for the number of a row: it means nothing outside of the database.
    """
    if isinstance(pk, int):
        return SafeString()
    text = format_html('<a href="{}">{}</a>', url, pk) if url else pk
    return format_html(
        '<span class="id">{} <button type="button" class="copy" data-copy="{}" data-copied="{}" '
        'aria-label="{}"><i class="fa-regular fa-copy" aria-hidden="true"></i></button></span>',
        text,
        pk,
        _("Copied"),
        _("Copy %(id)s") % {"id": pk},
    )


@register.simple_tag
def icon(product_id: Any, side: int = 40) -> SafeString:
    """The product's picture beside its name, where it has one."""
    key = key_of(str(product_id)) if product_id else ""
    return picture(product_id, key, side) if key else SafeString()


def picture(product_id: Any, key: str, side: int = 40) -> SafeString:
    address = reverse("icon-image", args=[product_id, key])
    return format_html(
        '<img class="product-icon" src="{}" alt="" width="{}" height="{}">', address, side, side
    )


@register.filter(name="dressed")
def dressed_field(bound: forms.BoundField) -> Any:
    """The widget of a form field with its Bootstrap class; the first wrong one takes the focus."""
    wrong = next((name for name in bound.form.fields if name in bound.form.errors), None)
    return dressed(bound, focus=bound.form.is_bound and bound.name == wrong)


@register.filter(name="kind")
def kind_of(bound: forms.BoundField) -> str:
    """How a field is laid out: "check" (one box), "group" (several inputs), "hidden" or "line"."""
    widget = bound.field.widget
    if bound.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "group" if widget.use_fieldset else "line"


@register.filter(name="problems")
def problems_of(form: forms.BaseForm) -> list[Problem]:
    return problems(form) if form.is_bound else []
