"""Templates of a product: the texts an approval puts into the control panel.

Texts once rendered stay; an edit counts from the next approval on. Every function holds the
product and raises PermissionDenied and ValidationError by field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from customers import identifiers
from customers.actors import Actor
from customers.models import Product

from ...models import Parameter, Template
from ...rendering import FORM_ADDRESS as FORM_ADDRESS
from ...rendering import placeholders_in
from . import editing

MAX_NAME, MAX_BODY = 255, 20_000
#: Type of the template that an approval of an order sets; those of tiers have none.
APPROVAL = {
    Template.Scope.ASSET: Template.Type.FULFILLMENT.value,
    Template.Scope.TIER_1: "",
    Template.Scope.TIER_2: "",
}


@dataclass(frozen=True)
class Placeholder:
    """A name that templates of a scope may use, and the parameter's title."""

    name: str
    title: str


@transaction.atomic
def add_template(
    product: Product, *, actor: Actor, name: str, scope: str, body: str, type: str = ""
) -> Template:
    """A further template behind those of its scope and type."""
    held = editing.hold_own(product, actor)
    _check_kind(held, scope, type)
    siblings = Template.objects.filter(product=held, scope=scope, type=type)
    template = identifiers.insert(
        Template,
        "TL",
        product=held,
        scope=scope,
        type=type,
        position=editing.last_position(siblings),
        **_cleaned(name, body),
    )
    editing.note("product.template_added", held, template, actor=actor)
    return template


@transaction.atomic
def edit_template(
    template: Template, *, actor: Actor, name: str, body: str, seen: str = ""
) -> Template:
    """Change name and text; scope and type are fixed. Changing nothing records nothing."""
    held = editing.hold_own(template.product, actor)
    fresh = Template.objects.get(pk=template.pk)
    editing.check_seen(fresh, seen)
    changes = editing.changed(fresh, _cleaned(name, body))
    if changes:
        editing.save(fresh)
        editing.note("product.template_changed", held, fresh, actor=actor, changes=changes)
    return fresh


@transaction.atomic
def remove_template(template: Template, *, actor: Actor) -> Template:
    """Remove it; what was rendered from it stays. The last one an approval needs is refused."""
    held = editing.hold_own(template.product, actor)
    fresh = Template.objects.get(pk=template.pk)
    if is_last_needed(held, fresh):
        raise ValidationError(
            _("Nothing of this scope could be approved without it; add another one first."),
            code="last",
        )
    editing.note("product.template_removed", held, fresh, actor=actor)
    fresh.delete()
    return template


@transaction.atomic
def move_template(template: Template, *, actor: Actor, up: bool) -> Template:
    """One place up or down among those of its scope and type; the first one is the default."""
    held = editing.hold_own(template.product, actor)
    rows = siblings_of(template)
    before = [row.pk for row in rows]
    if editing.move(rows, template, up=up):
        after = [row.pk for row in siblings_of(template)]
        changes = {"order": [before, after]}
        editing.note("product.templates_reordered", held, template, actor=actor, changes=changes)
    return template


def siblings_of(template: Template) -> list[Template]:
    """The templates of the same product, scope and type in their order, itself among them."""
    rows = Template.objects.filter(
        product=template.product_id, scope=template.scope, type=template.type
    )
    return list(rows.order_by("position", "pk"))


def scopes_of(product: Product) -> list[str]:
    """Scopes that the product's Reseller Authorization gives, the subscription first."""
    tiers = [Template.Scope.TIER_1.value, Template.Scope.TIER_2.value]
    return [Template.Scope.ASSET.value, *tiers[: product.authorization_level]]


def is_last_needed(product: Product, template: Template) -> bool:
    """Whether no approval of its scope were possible without it."""
    scope = Template.Scope(template.scope)
    if template.type != APPROVAL[scope] or template.scope not in scopes_of(product):
        return False
    return len(siblings_of(template)) == 1


def placeholders(product: Product, scope: str, type: str = "") -> list[Placeholder]:
    """What a template of this scope may name, in the order of the parameters."""
    found = [
        Placeholder(each.name, str(each)) for each in Parameter.objects.of_scope(product.pk, scope)
    ]
    if type == Template.Type.INQUIRE:
        found.append(Placeholder(FORM_ADDRESS, _("Address of the form")))
    return found


def unknown_placeholders(body: str, known: Iterable[Placeholder]) -> list[str]:
    """Names in `body` that stand for nothing; they are left empty when the text is rendered."""
    names = {each.name for each in known}
    return [name for name in placeholders_in(body) if name not in names]


def _check_kind(product: Product, scope: str, type: str) -> None:
    if scope not in scopes_of(product):
        raise ValidationError(
            {"scope": _("This product asks nothing of that tier; see its capabilities.")}
        )
    if (scope == Template.Scope.ASSET) != (type in Template.Type.values):
        raise ValidationError({"type": _("Templates of subscriptions, and only those, have one.")})


def _cleaned(name: str, body: str) -> dict[str, str]:
    return {
        "name": editing.clean_line("name", name, MAX_NAME),
        "body": editing.clean_line("body", body, MAX_BODY, lines=True),
    }
