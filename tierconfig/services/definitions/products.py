"""A product itself: its birth with its default templates, and its general data."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from customers import identifiers
from customers.actors import VENDOR, Actor
from customers.events import record
from customers.lifecycle import touch
from customers.models import Category, Partner, Product

from ...models import Template
from . import editing

MAX_NAME, MAX_EXTERNAL, MAX_SHORT, MAX_LONG = 255, 100, 512, 20_000

#: (scope, type, name, body) of the templates a product is born with (domain 2.8).
DEFAULTS = (
    ("asset", "fulfillment", "Default Activation Template", "# Welcome\n\nAll is set up."),
    ("tier1", "", "Default Activation Template", "# Welcome\n\nYou may sell this product."),
    ("tier2", "", "Default Activation Template", "# Welcome\n\nYour resellers may sell it."),
    (
        "asset",
        "inquire",
        "Additional information is required to process your request",
        "# Something is missing\n\nPlease complete [the form]({{ activation_form_url }}).",
    ),
)


@transaction.atomic
def add_product(
    *,
    actor: Actor,
    name: str,
    external_id: str = "",
    category: Category | None = None,
    short_description: str = "",
    detailed_description: str = "",
    owner: Partner | None = None,
) -> Product:
    """A draft with its default templates. `owner` is for administrators of the platform only."""
    vendor = actor.partner if actor.role == VENDOR and actor.may_act else None
    if actor.role in ("admin", "system"):
        vendor = owner
    if vendor is None or vendor.role != Partner.Role.VENDOR:
        raise PermissionDenied
    values = cleaned(
        name=name,
        external_id=external_id,
        category=category,
        short_description=short_description,
        detailed_description=detailed_description,
    )
    product = identifiers.insert(Product, "PRD", owner=vendor, **values)
    for number, (scope, kind, title, body) in enumerate(DEFAULTS, start=1):
        identifiers.insert(
            Template,
            "TL",
            product=product,
            scope=scope,
            type=kind,
            name=title,
            body=body,
            position=number * editing.STEP,
        )
    record("product.created", product, actor=actor, to_state=product.state)
    return product


@transaction.atomic
def edit_product(
    product: Product,
    *,
    actor: Actor,
    name: str,
    external_id: str = "",
    category: Category | None = None,
    short_description: str = "",
    detailed_description: str = "",
    revision: int | None = None,
) -> Product:
    """Store the general data; changing nothing records nothing.

    Raises PermissionDenied, StaleForm, and ValidationError by field.
    """
    held = editing.hold_own(product, actor, revision=revision)
    values = cleaned(
        name=name,
        external_id=external_id,
        category=category,
        short_description=short_description,
        detailed_description=detailed_description,
    )
    changes = {
        field: [_shown(old), _shown(new)]
        for field, (old, new) in editing.changed(held, values).items()
    }
    if changes:
        touch(held)
        editing.note("product.general", held, held, actor=actor, changes=changes)
    return held


def cleaned(*, category: Category | None, **texts: str) -> dict[str, Any]:
    """The general data in the form that is stored; raises ValidationError by field."""
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {"category": category}
    for name, longest in (
        ("external_id", MAX_EXTERNAL),
        ("short_description", MAX_SHORT),
        ("detailed_description", MAX_LONG),
    ):
        try:
            values[name] = editing.clean_optional(
                name, texts.get(name), longest, lines=name == "detailed_description"
            )
        except ValidationError as error:
            errors |= error.error_dict
    try:
        values["name"] = editing.clean_line("name", texts.get("name"), MAX_NAME)
    except ValidationError as error:
        errors |= error.error_dict
    if errors:
        raise ValidationError(errors)
    return values


def tiers_without_template(product: Product) -> list[str]:
    """Scopes whose requests could not be approved, because no template is there for it."""
    own = set(Template.objects.filter(product=product).values_list("scope", "type"))
    wanted = [("asset", "fulfillment"), ("tier1", ""), ("tier2", "")]
    labels = dict(Template.Scope.choices)
    needed = wanted[: 1 + product.authorization_level]
    return [
        str(labels[Template.Scope(scope)]) for scope, kind in needed if (scope, kind) not in own
    ]


def ensure_templates(product: Product, *, actor: Actor) -> None:
    """The default template of each tier of a held product that has none."""
    for level in range(1, product.authorization_level + 1):
        scope, kind, title, body = DEFAULTS[level]
        rows = Template.objects.filter(product=product, scope=scope)
        if rows.exists():
            continue
        made = identifiers.insert(
            Template, "TL", product=product, scope=scope, type=kind, name=title, body=body
        )
        editing.note("product.template_added", product, made, actor=actor)


def _shown(value: Any) -> Any:
    return str(value) if isinstance(value, Category) else value
