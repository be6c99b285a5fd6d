"""Values of parameters as clients send them (domain 2.7): what of them is not so already."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from rest_framework import serializers

from customers.actors import VENDOR, Actor
from tierconfig import parameters
from tierconfig.cleaning import pairs
from tierconfig.models import Parameter
from tierconfig.presentation import FLAGS, Presented, possible, presented
from tierconfig.services.definitions.messages import messages_for

from ..errors import ApiError, sentences_of
from .params import Presentation

#: Types whose value is an object, beside or instead of a text.
STRUCTURED = (
    Parameter.Type.ADDRESS,
    Parameter.Type.CHECKBOX,
    Parameter.Type.OBJECT,
    Parameter.Type.PHONE,
    Parameter.Type.SUBDOMAIN,
)


class ParamBody(serializers.Serializer[Any]):
    """One value as clients send it: texts, or the object of types that have one."""

    id = serializers.CharField(max_length=100)
    value = serializers.JSONField(required=False, allow_null=True)
    structured_value = serializers.JSONField(required=False, allow_null=True)
    value_error = serializers.CharField(required=False, allow_null=True, allow_blank=True)
    structured_error = serializers.JSONField(required=False, allow_null=True)
    constraints = serializers.DictField(required=False)


@dataclass
class Written:
    """What a client changes, by parameter name, as the services take it."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    presentation: dict[str, dict[str, Any]] = field(default_factory=dict)


def read_params(
    sent: Iterable[Mapping[str, Any]],
    definitions: Sequence[Parameter],
    *,
    actor: Actor,
    known: parameters.Values | None = None,
    presentation: Presentation | None = None,
    path: str = "params",
) -> Written:
    """What of the `sent` is not so already; clients send back whole lists of what they read.

    `known` are the values the object has now. Raises ValidationError at `path`.<name>: for what is
    no parameter, or none that the actor may know of, and for what only the vendor says.
    """
    known = known or {}
    shown = possible(definitions, known, presentation)
    own = {each.name: each for each in parameters.readable(shown, known, actor.role)}
    now = {each.name: each for each in presented(definitions, known, presentation)}
    found = Written()
    errors: dict[str, Any] = {}
    for each in sent:
        name = each["id"]
        try:
            if name not in own:
                raise ValidationError(_("There is no such parameter here."), code="unknown")
            stored = known.get(name, {})
            _read_value(found, own[name], each, stored)
            _read_error(found, own[name], each, stored, actor)
            _read_constraints(found, now[name], each, (presentation or {}).get(name, {}), actor)
        except ValidationError as error:
            errors[f"{path}.{name}"] = error
    if errors:
        raise ValidationError(errors)
    return found


@contextmanager
def naming(
    definitions: Iterable[Parameter], path: str = "params", *, lacking: str = ""
) -> Iterator[None]:
    """Errors that a service has by parameter name are raised at `path`.<name>.

    When all that is wrong is that values are missing, they are an ApiError of the code `lacking`.
    """
    try:
        yield
    except ValidationError as error:
        if not hasattr(error, "error_dict"):
            raise
        names = {each.name for each in definitions}
        named = {
            f"{path}.{name}" if name in names else name: errors
            for name, errors in error.error_dict.items()
        }
        codes = {each.code for errors in error.error_dict.values() for each in errors}
        if lacking and codes == {"required"} and names.issuperset(error.error_dict):
            raise ApiError(sentences_of(ValidationError(named), {}), code=lacking) from error
        raise ValidationError(named) from error


def _read_value(
    found: Written, own: Presented, sent: Mapping[str, Any], stored: parameters.Stored
) -> None:
    raw = _raw(own, sent, stored)
    if raw is None or (own.type == Parameter.Type.PASSWORD and raw == parameters.MASK):
        return
    before = parameters.without_complaints({own.name: stored})[own.name]
    try:
        is_same = parameters.clean_value(own, raw) == before
    except ValidationError:
        is_same = False
    if not is_same:
        found.values[own.name] = raw


def _raw(own: Presented, sent: Mapping[str, Any], stored: parameters.Stored) -> Any:
    """The object or the text, whichever was changed; None when there is neither."""
    text: Any = None
    if "value" in sent:
        text = "" if sent["value"] is None else sent["value"]
    if own.type not in STRUCTURED or "structured_value" not in sent:
        return text
    structured = sent["structured_value"] or ""
    if text and structured in ("", stored.get("structured_value")):
        return text
    return structured


def _read_error(
    found: Written,
    own: Presented,
    sent: Mapping[str, Any],
    stored: parameters.Stored,
    actor: Actor,
) -> None:
    text = sent.get("value_error")
    if not text and sent.get("structured_error"):
        text = _message_of(own.source.product_id, sent["structured_error"])
    if text is None or text == stored.get("value_error", ""):
        return
    if actor.role == VENDOR:
        found.errors[own.name] = text
    elif text:
        raise ValidationError(_("Only the vendor says what is wrong with a value."))


def _message_of(product_id: str, given: Any) -> str:
    """The text of the product's message that a structured error names."""
    message = given.get("message") if isinstance(given, dict) else None
    if isinstance(message, dict):
        for each in messages_for(product_id):
            if message.get("id") == each.pk or message.get("external_id") == each.external_id:
                return str(each.value)
    raise ValidationError(_("There is no such message of this product."), code="unknown")


def _read_constraints(
    found: Written,
    now: Presented,
    sent: Mapping[str, Any],
    override: Mapping[str, Any],
    actor: Actor,
) -> None:
    given = sent.get("constraints") or {}
    changed = {
        flag: given[flag] for flag in FLAGS if flag in given and given[flag] != getattr(now, flag)
    }
    choices = given.get("choices")
    if choices is not None and not _same_choices(choices, now):
        changed["choices"] = choices
    if not changed:
        return
    if actor.role != VENDOR:
        raise ValidationError(_("Only the vendor says how a value is asked."))
    found.presentation[now.name] = {**override, **changed}


def _same_choices(choices: Any, now: Presented) -> bool:
    try:
        return pairs(choices) == now.choices
    except (KeyError, TypeError):
        return False
