"""The text of the Control Panel: what a template says of a request, with its values in place.

The address of an inquiry's form is never stored (decision 18): where an open request shows it, its
placeholder stays in the text, for tierconfig.rendering to fill when somebody reads it.
"""

from __future__ import annotations

from collections.abc import Container, Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.cleaning import clean_text

from .. import parameters
from ..models import ProcessedRequest, Template
from ..models.processing import INQUIRING, PENDING
from ..rendering import FORM_ADDRESS, fill

#: Characters of a text that is no template's.
MAX_TEXT = 20_000
#: Type of the template an open request shows in a state.
KINDS = {INQUIRING: Template.Type.INQUIRE, PENDING: Template.Type.PENDING}


def check_template(template: Template | None, request: ProcessedRequest, kind: str) -> Template:
    """The template as it is now, when it is of the held request's product and scope and this type.

    The one that was chosen may have been removed meanwhile.
    """
    wanted = (*request.parameter_scope(), kind)
    fresh = None if template is None else Template.objects.filter(pk=template.pk).first()
    if fresh is None or (fresh.product_id, fresh.scope, fresh.type) != wanted:
        raise ValidationError(
            {"template": _("Choose a template of this product that fits the request.")}
        )
    return fresh


def decided(
    request: ProcessedRequest,
    template: Template | None,
    text: str,
    own: Iterable[parameters.Definition],
    values: parameters.Values,
) -> tuple[Template | None, str]:
    """What an approval shows: a checked template with its text, or a given text alone (7.34)."""
    if template is None and text:
        try:
            return None, clean_text(text, max_length=MAX_TEXT, lines=True)
        except ValidationError as error:
            raise ValidationError({"template": error}) from error
    checked = check_template(template, request, request.template_type)
    return checked, rendered(checked, own, values)


def show(request: ProcessedRequest, state: str, template: Template | None = None) -> None:
    """What the held request shows from now on, coming to `state`; saving is the caller's.

    A given template has been checked. Otherwise it is the product's first one for the state; where
    there is none, and in other states, the request has no text of its own. Requests whose
    templates have no types (those of tiers) show nothing before their approval.
    """
    if not request.template_type:
        return
    kind = KINDS.get(state)
    if template is None and kind is not None:
        product, scope = request.parameter_scope()
        rows = Template.objects.filter(product=product, scope=scope, type=kind)
        template = rows.order_by("position", "pk").first()
    request.template, request.template_text = template, ""
    if template is not None:
        values = {**request.base_values(), **request.params}
        own = request.presented(values)
        request.template_text = rendered(template, own, values, kept=(FORM_ADDRESS,))


def rendered(
    template: Template,
    own: Iterable[parameters.Definition],
    values: parameters.Values,
    *,
    kept: Container[str] = (),
) -> str:
    """The template's Markdown with the values in place; passwords stay masked.

    Placeholders of `kept` names stay in it.
    """
    shown = {each.name: parameters.display(each, values.get(each.name)) for each in own}
    return fill(template.body, shown, kept=kept)
