"""What a parameter definition may say, by type, phase and scope (domain 2.6). Reads nothing.

The wizard, the edit page and the administration offer what `settings_of` names; `clean` checks
it. Errors stand on the name of the setting.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from customers.cleaning import clean_country, clean_text
from customers.errors import field_error

from ...cleaning import ADDRESS_PARTS, MAX_TEXT, clean_value
from ...json_values import clean_object
from ...models import Parameter
from . import editing

Type, Phase, Scope = Parameter.Type, Parameter.Phase, Parameter.Scope

#: Types that choose from what is offered; rules compare with their values.
CHOOSING = (Type.DROPDOWN, Type.CHOICE, Type.CHECKBOX)
SIZED = (Type.TEXT, Type.PASSWORD)
#: Types whose value can be compared with that of others.
COMPARED = (Type.TEXT, Type.EMAIL, Type.SUBDOMAIN, Type.DOMAIN, Type.PHONE, Type.URL)
PREFILLED = (
    Type.TEXT,
    Type.EMAIL,
    Type.DOMAIN,
    Type.URL,
    Type.PHONE,
    Type.ADDRESS,
    Type.OBJECT,
)
SHARED = ("view", "edit")
FLAGS = ("required", "hidden", "unique")
MAX_CHOICES, MAX_LABEL = 200, 255
TIERS = (Scope.TIER_1, Scope.TIER_2)
_NAME = re.compile(r"[A-Za-z0-9_-]+")
_LENGTHS = {"title": 255, "hint": 255, "placeholder": 255}


@dataclass(frozen=True)
class Kind:
    """What is fixed about a parameter from its creation on."""

    type: str
    phase: str
    scope: str


def kind_of(parameter: Parameter) -> Kind:
    return Kind(parameter.type, parameter.phase, parameter.scope)


def places(level: int) -> list[tuple[str, str]]:
    """(phase, scope) that a product of this Reseller Authorization can ask in."""
    scopes = [Scope.ASSET, *TIERS[:level]]
    found = [(phase, scope) for phase in (Phase.ORDERING, Phase.FULFILLMENT) for scope in scopes]
    constants = (Scope.PRODUCT, Scope.ITEM, Scope.MARKETPLACE, Scope.ITEM_MARKETPLACE)
    return [
        *((phase.value, scope.value) for phase, scope in found),
        *((Phase.CONFIGURATION.value, scope.value) for scope in constants),
    ]


def settings_of(kind: Kind) -> list[str]:
    """Names of the flags and constraints such a parameter may have, in the order of forms."""
    if kind.type == Type.HEADING:
        return ["level"]
    if kind.type == Type.CONTENT:
        return ["display_content"]
    asked = kind.phase == Phase.ORDERING
    held = kind.phase != Phase.CONFIGURATION
    offered = {
        "choices": kind.type in (*CHOOSING, Type.SUBDOMAIN),
        "min_length": kind.type in SIZED,
        "max_length": kind.type in SIZED,
        "required": True,
        "hidden": held,
        "readonly": asked,
        "unique": held and kind.type in COMPARED,
        "reconciliation": kind.scope == Scope.ASSET and kind.type in COMPARED,
        "shared": not asked,
        # Of a constant it is the value itself.
        "default": (asked or not held) and kind.type in PREFILLED,
    }
    return [name for name, fits in offered.items() if fits]


def clean_name(value: Any) -> str:
    """The vendor's own id: letters, digits, underscore and hyphen."""
    text = editing.clean_line("name", value, 100)
    if not _NAME.fullmatch(text):
        raise field_error("name", _("Use letters, digits, “_” and “-” only, no spaces."), "invalid")
    return text


def clean(kind: Kind, given: Mapping[str, Any]) -> dict[str, Any]:
    """The columns of a parameter from texts, flags and constraints, all errors by name.

    A flag or a constraint that does not fit the kind is refused when it is switched on.
    """
    errors: dict[str, Any] = {}
    values: dict[str, Any] = {}
    for name in ("title", "description", "hint", "placeholder"):
        try:
            values[name] = _text(name, given.get(name))
        except ValidationError as error:
            errors |= error.error_dict
    known = settings_of(kind)
    for name in FLAGS:
        values[name] = bool(given.get(name))
        if values[name] and name not in known:
            errors[name] = ValidationError(_("This does not fit its type and phase."), code="kind")
    try:
        values["constraints"] = clean_constraints(kind, given.get("constraints") or {})
    except ValidationError as error:
        errors |= error.error_dict
    if errors:
        raise ValidationError(errors)
    return values


def clean_constraints(kind: Kind, given: Any) -> dict[str, Any]:
    """Constraints in the shape that pages and checks read; those that say nothing are left out.

    Names that this module does not know are kept, when every database takes what they say: they
    came with an import.
    """
    if not isinstance(given, Mapping):
        raise ValidationError({"constraints": _("Enter a JSON object, in braces.")})
    known, errors = settings_of(kind), {}
    kept: dict[str, Any] = {}
    for name, value in given.items():
        cleaner = _CLEANERS.get(name)
        if cleaner is None:
            try:
                kept |= clean_object({name: value})
            except ValidationError as error:
                errors["constraints"] = error
        elif value not in (None, "", [], {}, False):
            if name not in known:
                errors[name] = ValidationError(_("This does not fit its type and phase."))
                continue
            try:
                kept[name] = cleaner(kind, value)
            except ValidationError as error:
                errors[name] = error
    if kind.type in CHOOSING and not kept.get("choices") and "choices" not in errors:
        errors["choices"] = ValidationError(_("This type needs choices."), code="required")
    if kept.get("min_length", 0) > kept.get("max_length", MAX_TEXT) and not errors:
        errors["max_length"] = ValidationError(_("This is less than the least number."))
    if kind.type == Type.CONTENT and not kept.get("display_content"):
        errors["display_content"] = ValidationError(_("Enter a text."), code="required")
    if not errors and "default" in kept:
        errors |= _default_errors(kind, kept)
    if errors:
        raise ValidationError(errors)
    return kept


def sample(kind: Kind, **fields: Any) -> Parameter:
    """An unsaved parameter of a kind: to check a value by, or to show its input."""
    return Parameter(type=kind.type, phase=kind.phase, scope=kind.scope, **fields)


def _text(name: str, value: Any) -> str:
    if name == "title":
        return editing.clean_line(name, value, _LENGTHS[name])
    longest = _LENGTHS.get(name, MAX_TEXT)
    return editing.clean_optional(name, value, longest, lines=name == "description")


def _whole(lowest: int, highest: int) -> Any:
    def clean_number(kind: Kind, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise ValidationError(_("Enter a whole number."), code="invalid")
        if not lowest <= value <= highest:
            raise ValidationError(
                _("Enter a number from %(low)d to %(high)d.") % {"low": lowest, "high": highest},
                code="range",
            )
        return value

    return clean_number


def _flag(kind: Kind, value: Any) -> bool:
    if value is not True:
        raise ValidationError(_("This is either true or false."), code="invalid")
    return True


def _shared(kind: Kind, value: Any) -> str:
    if value not in SHARED:
        raise ValidationError(_("Choose one of the values offered."), code="choice")
    return str(value)


def _choices(kind: Kind, value: Any) -> list[dict[str, Any]]:
    """[{value, label, default?}]; plain texts are value and label in one."""
    if not isinstance(value, list):
        raise ValidationError(
            _('Enter choices as a list: [{"value": "a", "label": "A"}, …] or ["a", …].')
        )
    if len(value) > MAX_CHOICES:
        raise ValidationError(_("Offer at most %(n)d choices.") % {"n": MAX_CHOICES})
    found = [_choice(kind, each) for each in value]
    values = [each["value"] for each in found]
    twice = next((each for each in values if values.count(each) > 1), None)
    if twice is not None:
        raise ValidationError(
            _("“%(value)s” stands there twice; every choice needs a value of its own.")
            % {"value": twice},
            code="twice",
        )
    if kind.type != Type.CHECKBOX and sum(bool(each.get("default")) for each in found) > 1:
        raise ValidationError(_("Preselect one choice only."), code="default")
    return found


def _choice(kind: Kind, given: Any) -> dict[str, Any]:
    entry = given if isinstance(given, Mapping) else {"value": given}
    if isinstance(entry.get("value"), bool) or not isinstance(entry.get("value"), str | int):
        raise ValidationError(
            _('Enter choices as a list: [{"value": "a", "label": "A"}, …] or ["a", …].')
        )
    value = clean_text(entry["value"], max_length=MAX_LABEL)
    label = clean_text(entry.get("label"), max_length=MAX_LABEL) or value
    if not value:
        raise ValidationError(_("Enter a value for every choice."), code="required")
    if kind.type == Type.SUBDOMAIN:
        clean_value(sample(Kind(Type.DOMAIN, kind.phase, kind.scope)), value)
    found: dict[str, Any] = {"value": value, "label": label}
    if entry.get("default") is True and kind.type in CHOOSING:
        found["default"] = True
    return found


def _content(kind: Kind, value: Any) -> str:
    return clean_text(value, max_length=MAX_TEXT, lines=True)


def _default(kind: Kind, value: Any) -> Any:
    """Texts as they were typed; of addresses the parts that are given."""
    if kind.type == Type.ADDRESS:
        if not isinstance(value, Mapping) or set(value) - set(ADDRESS_PARTS):
            raise ValidationError(_("Fill in the parts of the address."), code="invalid")
        parts = {
            name: clean_text(value.get(name), max_length=longest)
            for name, (_needed, longest) in ADDRESS_PARTS.items()
        }
        if parts["country"]:
            parts["country"] = clean_country(parts["country"])
        return {name: text for name, text in parts.items() if text}
    return value if isinstance(value, dict) else clean_text(value, max_length=MAX_TEXT, lines=True)


def _default_errors(kind: Kind, kept: dict[str, Any]) -> dict[str, Any]:
    """The default has to be a value that could be typed."""
    if kind.type == Type.ADDRESS:
        return {}
    own = sample(kind, constraints={k: v for k, v in kept.items() if k != "default"})
    try:
        stored = clean_value(own, kept["default"])
    except ValidationError as error:
        return {"default": error}
    kept["default"] = stored.get("structured_value", stored.get("value"))
    if kind.type == Type.PHONE:
        kept["default"] = stored.get("value")
    return {}


_CLEANERS = {
    "min_length": _whole(1, MAX_TEXT),
    "max_length": _whole(1, MAX_TEXT),
    "level": _whole(1, 3),
    "readonly": _flag,
    "reconciliation": _flag,
    "shared": _shared,
    "choices": _choices,
    "display_content": _content,
    "default": _default,
}
