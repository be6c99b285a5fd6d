"""A parameter as who orders will see it: the very input of the forms."""

from __future__ import annotations

from typing import Any

from customers.actors import Actor
from tierconfig.models import Parameter

from .. import texts
from ..parameters.forms import ParameterForm


def preview_of(parameter: Parameter, actor: Actor) -> dict[str, Any]:
    """What the template of a preview shows: a form with one field, or a text."""
    kind = parameter.type
    if kind == Parameter.Type.CONTENT:
        shown = texts.rendered(str(parameter.constraints.get("display_content") or ""))
        return {"form": None, "heading": "", "text": shown, "note": ""}
    if kind == Parameter.Type.HEADING:
        return {"form": None, "heading": parameter.title, "text": "", "note": ""}
    form = ParameterForm(actor=actor)
    form.add_parameters([parameter], prefix="preview")
    return {"form": form, "heading": "", "text": "", "note": parameter.hidden}
