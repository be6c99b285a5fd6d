"""From bodies to the services that create and change accounts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from customers.actors import DISTRIBUTOR, VENDOR, Actor
from customers.models import Hub, Marketplace, Partner, TierAccount, TierAccountRequest
from customers.services.account_rules import check_open, may_write
from customers.services.accounts import edit_account
from customers.services.moves import edit_and_move
from customers.services.together import NewAccount

from ...customers.seen import told_parent
from ..errors import INVALID, ApiError, sentences_of
from ..shaping import NO_HUB
from ..shared.account_bodies import FIELDS, changes_of, columns_of
from ..shared.known import absent, known

PRODUCTION, PREVIEW = TierAccount.Environment.PRODUCTION, TierAccount.Environment.PREVIEW
#: The code for a place in the tree that an account cannot have.
HIERARCHY = "TA_001"


def newcomer(
    sent: Mapping[str, Any], actor: Actor, earlier: Sequence[NewAccount] = ()
) -> NewAccount:
    """The account that was sent; `earlier` are those before it in the same list.

    Raises ApiError for ids that are unknown to the actor.
    """
    parent = _parent(sent.get("parent") or {}, actor, earlier)
    above = earlier[parent] if isinstance(parent, int) else parent
    preview = actor.role == VENDOR if above is None else above.environment == PREVIEW
    return NewAccount(
        provider=above.provider if above is not None else _provider(sent, actor),
        data=columns_of(sent),
        parent=parent,
        hub=_hub(sent, actor),
        environment=sent.get("environment") or (PREVIEW if preview else PRODUCTION),
        access=[each.get("id") or "" for each in sent.get("access", ())],
    )


def _parent(
    sent: Mapping[str, Any], actor: Actor, earlier: Sequence[NewAccount]
) -> TierAccount | int | None:
    if sent.get("id"):
        rows = TierAccount.objects.visible_to(actor).select_related("provider")
        return known(rows, sent["id"], "parent.id")
    index: int | None = sent.get("index")
    if index is not None and index >= len(earlier):
        raise ApiError(
            _("parent.index: Name the place of an earlier account of the same list."),
            code=HIERARCHY,
        )
    return index


def _provider(sent: Mapping[str, Any], actor: Actor) -> Partner:
    """Whose account the top of a new tree is."""
    if actor.role == DISTRIBUTOR and actor.partner is not None:
        return actor.partner
    if actor.role != VENDOR:
        raise absent("parent.id")
    rows = Marketplace.objects.visible_to(actor).select_related("owner")
    wanted = (sent.get("marketplace") or {}).get("id")
    if wanted:
        return known(rows, wanted, "marketplace.id").owner
    owners = {each.owner_id: each.owner for each in rows}
    if len(owners) != 1:
        raise absent("marketplace.id")
    return owners.popitem()[1]


def _hub(sent: Mapping[str, Any], actor: Actor) -> Hub | None:
    wanted = (sent.get("hub") or {}).get("id")
    if not wanted or wanted == NO_HUB["id"]:
        return None
    return known(Hub.objects.visible_to(actor), wanted, "hub.id")


def change(
    account: TierAccount,
    sent: Mapping[str, Any],
    actor: Actor,
    *,
    prefix: str = "",
    by_hub: bool = False,
) -> tuple[TierAccount, list[TierAccountRequest]]:
    """Change the account as the services do; `parent` is a move only where it is another one.

    `prefix` is where the account is in the body, `by_hub` says that its hub changes it. Raises
    NoChange, PermissionDenied, ValidationError, and ApiError for an unknown parent.
    """
    given: dict[str, Any] = {"actor": actor, "data": changes_of(sent, account), "by_hub": by_hub}
    if "parent" in sent:
        asked = sent["parent"]
        pk = asked.get("id") if asked else None
        told = told_parent(actor, account)
        if asked is None and account.parent_id is not None:
            return edit_and_move(account, parent=None, **given)
        if pk and pk != (told.pk if told else None):
            parent = known(TierAccount.objects.visible_to(actor), pk, f"{prefix}parent.id")
            return edit_and_move(account, parent=parent, **given)
    return edit_account(account, **given)


def check_changeable(account: TierAccount, actor: Actor, *, by_hub: bool = False) -> None:
    """Right, then state, before what was sent is looked at (decision 24)."""
    if not may_write(account, actor):
        raise PermissionDenied
    check_open(account, by_hub=by_hub)


def refusal(error: ValidationError, prefix: str = "") -> ApiError:
    """The error of a service in the names of the API, places within a list in front."""
    if not hasattr(error, "error_dict"):
        return ApiError(error.messages)
    names = {name: f"{prefix}{_path(name)}" for name in error.error_dict}
    parents = all(path.endswith("parent.id") for path in names.values())
    return ApiError(sentences_of(error, names), code=HIERARCHY if parents else INVALID)


def _path(name: str) -> str:
    place, bracket, column = name.rpartition("].")
    return f"{place}{bracket}{FIELDS.get(column, column)}"
