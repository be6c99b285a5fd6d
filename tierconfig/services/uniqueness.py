"""Values that must not repeat within a product, and who holds them.

A holder is a configuration or a subscription; it holds what is in force and what its open request
asks for. The database decides races: (parameter, key) is unique.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from customers.bulk import among

from ..models import Parameter, ProcessedRequest, TierConfig, TierConfigRequest, UniqueValue
from ..parameters import Definition, Stored, Values, has_value
from ..signals import values_wanted

#: Types that are never compared: a password must not be told by a refusal, objects are free.
NEVER = (Parameter.Type.PASSWORD, Parameter.Type.OBJECT, *Parameter.DISPLAY_ONLY)


def key_of(parameter: Definition, stored: Stored | None) -> str:
    """SHA-256 of the value as it is compared, "" for nothing to compare.

    Texts are equal whatever their case and the spaces around them.
    """
    if not has_value(stored) or parameter.type in NEVER:
        return ""
    assert stored is not None
    text = str(stored.get("value") or "")
    if parameter.type == Parameter.Type.PHONE or not text:
        text = json.dumps(stored.get("structured_value"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.strip().casefold().encode()).hexdigest()


def claim(holder: str, definitions: Iterable[Parameter], *values: Values) -> None:
    """Make `values` what `holder` has of the unique parameters among `definitions`.

    Several values of one parameter may be held: those in force and those asked for. Must run in
    the transaction that stores them. Raises ValidationError by parameter name, code "unique",
    when another holder has one; nothing is said of whose it is.
    """
    own = {each.pk: each for each in definitions if each.unique and each.type not in NEVER}
    if not own:
        return
    wanted = {
        (pk, key)
        for pk, parameter in own.items()
        for each in values
        if (key := key_of(parameter, each.get(parameter.name)))
    }
    held = UniqueValue.objects.filter(holder=holder, parameter__in=own)
    present = {(row.parameter_id, row.key): row.pk for row in held}
    gone = [pk for pair, pk in present.items() if pair not in wanted]
    if gone:
        UniqueValue.objects.filter(pk__in=gone).delete()
    # In this order, so that two who want the same values do not wait for each other.
    for pk, key in sorted(wanted - set(present)):
        try:
            with transaction.atomic():
                UniqueValue.objects.create(parameter_id=pk, key=key, holder=holder)
        except IntegrityError:
            taken = ValidationError(
                _("This value is in use already; it must be a different one."), code="unique"
            )
            raise ValidationError({own[pk].name: taken}) from None


def claim_for(request: ProcessedRequest, definitions: Iterable[Parameter] | None = None) -> None:
    """Claim what the held request asks for beside what is in force."""
    own = request.definitions() if definitions is None else definitions
    claim(holder_of(request), own, request.base_values(), request.params)


def keep_in_force(request: ProcessedRequest) -> None:
    """The request is closed: what it asked for beyond the values in force is free again."""
    claim(holder_of(request), request.definitions(), request.base_values())


def give_up(holder: str) -> None:
    """The holder has ended; its values are free again."""
    UniqueValue.objects.filter(holder=holder).delete()


def holder_of(request: ProcessedRequest) -> str:
    """Id of the configuration or subscription of a request: what is locked before it."""
    _model, pk = request.lock_parents()[0]
    return str(pk)


def resync(parameter: Parameter) -> list[list[str]]:
    """Claim all present values of a parameter that was just made unique.

    Returns the groups of holders that share a value, and then claims nothing: the caller refuses.
    Configurations that are drafts are not named, because they are their creator's own.
    With the parameter no longer unique the claims are dropped. Runs in the caller's transaction,
    which holds the product.
    """
    UniqueValue.objects.filter(parameter=parameter).delete()
    if not parameter.unique or parameter.type in NEVER:
        return []
    holders: dict[str, set[str]] = {}
    for holder, values in _all_values(parameter):
        if key := key_of(parameter, values.get(parameter.name)):
            holders.setdefault(key, set()).add(holder)
    shared = [sorted(group) for group in holders.values() if len(group) > 1]
    if not shared:
        UniqueValue.objects.bulk_create(
            (
                UniqueValue(parameter=parameter, key=key, holder=holder)
                for key, group in sorted(holders.items())
                for holder in group
            ),
            batch_size=1000,
        )
    return _named(shared)


def _named(shared: list[list[str]]) -> list[list[str]]:
    ids = {pk for group in shared for pk in group}
    rows = TierConfig.objects.filter(among("pk", ids), state=TierConfig.State.DRAFT)
    drafts = set(rows.values_list("pk", flat=True))
    return sorted(
        [
            *(pk for pk in group if pk not in drafts),
            *(_("a draft") for pk in group if pk in drafts),
        ]
        for group in shared
    )


def _all_values(parameter: Parameter) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """(holder, values) of everything that may hold a value of the parameter."""
    if parameter.scope == Parameter.Scope.ASSET:
        answers: list[Any] = values_wanted.send(sender=Parameter, parameter=parameter)
        for _receiver, rows in answers:
            yield from rows
        return
    level = int(parameter.scope.removeprefix("tier"))
    configs = TierConfig.objects.filter(product=parameter.product_id, tier_level=level)
    yield from configs.values_list("pk", "params").iterator()
    opened = TierConfigRequest.objects.filter(
        configuration__in=configs, state__in=TierConfigRequest.OPEN
    )
    yield from opened.values_list("configuration_id", "params").iterator()
