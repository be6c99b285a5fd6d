"""What changed about the product while a request is open, as sentences."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from customers.actors import VENDOR
from tierconfig import parameters
from tierconfig.models import Parameter, Template
from tierconfig.services import since
from tierconfig.services.processing import known_values
from tierconfig.services.since import Change, What


def notice(view: Any, own: list[Parameter]) -> dict[str, list[str]]:
    """`changes` since the request of the page began, as far as its reader may know of them, and
    what an approval would `refuse` now; empty when nothing was changed."""
    request = view.object
    found = since.readable(since.changes(request, own), request, view.actor.role)
    if not found:
        return {}
    known = known_values(request)
    lines = [_sentence(each, known) for each in found]
    refuse = []
    if view.portal == VENDOR:
        lacking, no_template = since.refused(request, own)
        refuse = [_("%(title)s has no value.") % {"title": each} for each in lacking]
        if no_template:
            refuse.append(_("There is no template to approve with."))
    return {"changes": lines, "refuse": refuse}


def _sentence(change: Change, known: parameters.Values) -> str:
    template = change.kind == "template"
    texts = {
        (False, What.ADDED): _("Parameter %(title)s was added%(more)s."),
        (False, What.CHANGED): _("Parameter %(title)s was changed%(more)s."),
        (False, What.REMOVED): _("Parameter %(title)s was removed%(more)s."),
        (True, What.ADDED): _("Template %(title)s was added%(more)s."),
        (True, What.CHANGED): _("Template %(title)s was changed%(more)s."),
        (True, What.REMOVED): _("Template %(title)s was removed%(more)s."),
    }
    more = []
    if change.what == What.CHANGED:
        more += [_field(Template if template else Parameter, name) for name in change.fields]
    own = change.definition
    if own is not None:
        value = parameters.has_value(known.get(own.name))
        if own.required:
            more.append(_("required now"))
        if not value:
            more.append(_("no value yet"))
    said = f" ({', '.join(more)})" if more else ""
    return texts[template, change.what] % {"title": change.title, "more": said}


def _field(model: Any, name: str) -> str:
    try:
        return str(model._meta.get_field(name).verbose_name)
    except FieldDoesNotExist:
        return name
