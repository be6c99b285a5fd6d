"""Parameters of a product: what it asks and stores.

Every function holds the product and raises PermissionDenied, StaleForm and ValidationError by
field. Open requests are judged by the definitions of the moment of their next step, so a change
counts for them too; tierconfig.services.definitions.effects says beforehand what that means.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers import identifiers
from customers.actors import Actor
from customers.errors import field_error
from customers.events import record
from customers.models import Product

from ...models import Parameter
from ...presentation import depends_on
from ...signals import holders_asked
from .. import uniqueness
from . import dependencies, editing, shape
from .shape import Kind

#: What an edit does not touch: the dependency has a page of its own.
APART = ("dependency",)


@transaction.atomic
def add_parameter(
    product: Product,
    *,
    actor: Actor,
    name: str,
    title: str,
    type: str,
    phase: str,
    scope: str,
    description: str = "",
    hint: str = "",
    placeholder: str = "",
    required: bool = False,
    hidden: bool = False,
    unique: bool = False,
    constraints: Mapping[str, Any] | None = None,
) -> Parameter:
    """A further parameter behind all of the product; its number is the next one."""
    held = editing.hold_own(product, actor)
    kind = checked_kind(held, type, phase, scope)
    values = _cleaned(
        held,
        kind,
        name,
        {
            "title": title,
            "description": description,
            "hint": hint,
            "placeholder": placeholder,
            "required": required,
            "hidden": hidden,
            "unique": unique,
            "constraints": constraints or {},
        },
    )
    rows = Parameter.objects.filter(product=held)
    made = identifiers.insert_as(
        Parameter,
        f"PRM-{identifiers.digits(held.pk)}-{editing.next_number(rows):04d}",
        product=held,
        type=type,
        phase=phase,
        scope=scope,
        position=editing.last_position(rows),
        **values,
    )
    editing.note("product.parameter_added", held, made, actor=actor)
    return made


@transaction.atomic
def change_parameter(
    parameter: Parameter,
    *,
    actor: Actor,
    title: str,
    description: str = "",
    hint: str = "",
    placeholder: str = "",
    required: bool = False,
    hidden: bool = False,
    unique: bool = False,
    constraints: Mapping[str, Any] | None = None,
    seen: str = "",
) -> Parameter:
    """Everything but its name, type, phase and scope, which are fixed, and its dependency.

    A choice that a dependency compares with cannot be taken away, and what is there twice cannot
    be made unique. Changing nothing records nothing.
    """
    held = editing.hold_own(parameter.product, actor)
    fresh = Parameter.objects.get(pk=parameter.pk)
    editing.check_seen(fresh, seen)
    values = changed_values(
        fresh,
        title=title,
        description=description,
        hint=hint,
        placeholder=placeholder,
        required=required,
        hidden=hidden,
        unique=unique,
        constraints=constraints,
    )
    dependencies.check_choices(fresh, values["constraints"])
    changes = editing.changed(fresh, values)
    if changes:
        editing.save(fresh)
        if "unique" in changes:
            _check_duplicates(fresh)
        editing.note("product.parameter_changed", held, fresh, actor=actor, changes=changes)
    return fresh


def changed_values(parameter: Parameter, **given: Any) -> dict[str, Any]:
    """The columns as an edit with `given` would write them; raises ValidationError by field."""
    apart = {name: parameter.constraints[name] for name in APART if name in parameter.constraints}
    constraints = given.get("constraints") or {}
    if isinstance(constraints, Mapping):
        constraints = {k: v for k, v in constraints.items() if k not in APART}
    values = shape.clean(shape.kind_of(parameter), {**given, "constraints": constraints})
    return {**values, "constraints": {**values["constraints"], **apart}}


@transaction.atomic
def remove_parameter(parameter: Parameter, *, actor: Actor) -> Parameter:
    """Remove a parameter that nobody holds a value of and no other depends on."""
    held = editing.hold_own(parameter.product, actor)
    fresh = Parameter.objects.get(pk=parameter.pk)
    if reasons := obstacles(fresh):
        raise ValidationError([ValidationError(text, code="used") for text in reasons])
    editing.note("product.parameter_removed", held, fresh, actor=actor)
    fresh.delete()
    return parameter


@transaction.atomic
def reorder_parameters(product: Product, *, actor: Actor, order: Iterable[str]) -> list[Parameter]:
    """Put the parameters of one scope and phase into the order of these ids.

    Raises ValidationError (code "stale") when they are not exactly those that are there now.
    """
    held = editing.hold_own(product, actor)
    wanted = list(order)
    first = Parameter.objects.filter(product=held, pk__in=wanted[:1]).first()
    rows = siblings_of(first) if first is not None else []
    if not rows or sorted(wanted) != sorted(row.pk for row in rows):
        raise ValidationError(
            _("Parameters were added or removed in the meantime; look at the list again."),
            code="stale",
        )
    before = [row.name for row in rows]
    places = sorted(row.position for row in rows)
    if len(set(places)) < len(places):
        places = [number * editing.STEP for number in range(1, len(places) + 1)]
    known = {row.pk: row for row in rows}
    sorted_rows = [known[pk] for pk in wanted]
    after = [row.name for row in sorted_rows]
    if after != before:
        for row, place in zip(sorted_rows, places, strict=True):
            if row.position != place:
                row.position = place
                editing.save(row)
        data = {"id": held.pk, "name": str(held), "changes": {"order": [before, after]}}
        record("product.parameters_reordered", held, actor=actor, data=data)
    return sorted_rows


@transaction.atomic
def move_parameter(parameter: Parameter, *, actor: Actor, up: bool) -> list[Parameter]:
    """One place up or down among those of its scope and phase; at the end nothing happens."""
    editing.hold_own(parameter.product, actor)
    order = [row.pk for row in siblings_of(parameter)]
    here = order.index(parameter.pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    return reorder_parameters(parameter.product, actor=actor, order=order)


def siblings_of(parameter: Parameter) -> list[Parameter]:
    """The parameters of the same product, scope and phase in their order, itself among them."""
    rows = Parameter.objects.filter(
        product=parameter.product_id, scope=parameter.scope, phase=parameter.phase
    )
    return list(rows.order_by("position", "name"))


def checked_kind(product: Product, type: str, phase: str, scope: str) -> Kind:
    """The kind, when the product can have it: tier scopes need Reseller Authorization."""
    if type not in Parameter.Type.values:
        raise ValidationError({"type": _("Choose one of the values offered.")})
    if (phase, scope) not in shape.places(product.authorization_level):
        if scope in shape.TIERS and phase in ("ordering", "fulfillment"):
            text = _("This product asks nothing of that tier; see its capabilities.")
        else:
            text = _("This scope does not go with this phase.")
        raise field_error("scope", text, "scope")
    return Kind(type, phase, scope)


def holders(parameter: Parameter) -> dict[str, int]:
    """How many of what hold a value of it; kinds without any are left out."""
    found: dict[str, int] = {}
    answers: Any = holders_asked.send(sender=Parameter, parameter=parameter)
    for _receiver, counts in answers:
        found |= {what: number for what, number in counts.items() if number}
    return found


def obstacles(parameter: Parameter) -> list[str]:
    """Why it cannot be removed, one sentence each; nothing when it can."""
    found = []
    if parameter.type not in Parameter.DISPLAY_ONLY:
        found = [
            _("It has values in %(what)s: %(n)d.") % {"n": number, "what": what}
            for what, number in holders(parameter).items()
        ]
    dependent = [
        each.name
        for each in Parameter.objects.filter(product=parameter.product_id).order_by("position")
        if depends_on(each) == parameter.name
    ]
    if dependent:
        found.append(_("Others depend on it: %(names)s.") % {"names": ", ".join(dependent)})
    return found


def _check_duplicates(parameter: Parameter) -> None:
    """Claim the present values of what was made unique; raise, naming who has the same."""
    shared = uniqueness.resync(parameter)
    if not shared:
        return
    shown = "; ".join(", ".join(group[:5]) for group in shared[:5])
    text = ngettext(
        "%(n)d value is there more than once: %(holders)s.",
        "%(n)d values are there more than once: %(holders)s.",
        len(shared),
    )
    wrong = ValidationError(text % {"n": len(shared), "holders": shown}, code="duplicates")
    raise ValidationError({"unique": wrong})


def _cleaned(product: Product, kind: Kind, name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    try:
        values["name"] = shape.clean_name(name)
        if Parameter.objects.filter(product=product, name=values["name"]).exists():
            errors["name"] = ValidationError(
                _("Another parameter of this product has this ID."), code="unique"
            )
    except ValidationError as error:
        errors |= error.error_dict
    try:
        values |= shape.clean(kind, given)
    except ValidationError as error:
        errors |= error.error_dict
    if "dependency" in (given.get("constraints") or {}):
        errors["constraints"] = ValidationError(_("A dependency is set on its own page."))
    if errors:
        raise ValidationError(errors)
    return values
