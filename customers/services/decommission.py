"""Take an account out of use. Its history, its versions and what it took part in stay."""

from __future__ import annotations

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import ngettext

from .. import trees
from ..actors import Actor
from ..events import record
from ..lifecycle import StaleForm, hold
from ..models import AccountAccess, Participation, TierAccount
from .account_rules import check_open, may_decommission


@dataclass(frozen=True)
class Effect:
    """What a decommission would meet: the first two forbid it, the others are what it does.

    `configurations` stay in force in the records of their vendors; they have no end of their own.
    """

    subscriptions: int
    children: int
    configurations: int
    accesses: int

    def hindrances(self) -> list[str]:
        """Why it is refused, each with what to do; empty when it is not."""
        found = []
        if self.subscriptions:
            text = ngettext(
                "It takes part in %(n)d live subscription; that has to end first.",
                "It takes part in %(n)d live subscriptions; those have to end first.",
                self.subscriptions,
            )
            found.append(text % {"n": self.subscriptions})
        if self.children:
            text = ngettext(
                "%(n)d account in use hangs below it; move or decommission that first.",
                "%(n)d accounts in use hang below it; move or decommission those first.",
                self.children,
            )
            found.append(text % {"n": self.children})
        return found


def effect_of(account: TierAccount) -> Effect:
    """Counted now; the guard counts again under the lock."""
    live = Participation.objects.filter(account=account, live=True)
    sources = dict.fromkeys(Participation.Kind.values, 0)
    for kind, _source in live.values_list("kind", "source").distinct():
        sources[kind] += 1
    return Effect(
        subscriptions=sources[Participation.Kind.SUBSCRIPTION],
        children=account.children.current().order_by().count(),
        configurations=sources[Participation.Kind.CONFIGURATION],
        accesses=AccountAccess.objects.current().filter(account=account).count(),
    )


@trees.in_tree_transaction
def decommission_account(
    account: TierAccount, *, actor: Actor, version: int | None = None
) -> TierAccount:
    """Hide the account from all choices and end every access to it; returns it fresh.

    For its distributor, or the owner of a preview account. Refused (ValidationError) while it
    takes part in live subscriptions or accounts in use hang below it, when it was decommissioned
    already, or when its hub is its master. `version` is the one the page was shown with. Raises
    PermissionDenied and StaleForm, too. Locks: the tree exclusively, then the account row.
    """
    fresh = trees.lock_accounts(account.pk)
    node = hold(fresh[account.pk])
    if not may_decommission(node, actor):
        raise PermissionDenied
    check_open(node)
    effect = effect_of(node)
    if hindrances := effect.hindrances():
        raise ValidationError([ValidationError(text, code="in_use") for text in hindrances])
    if version is not None and version != node.version:
        raise StaleForm
    now = timezone.now()
    AccountAccess.objects.current().filter(account=node).update(ended_at=now)
    node.decommissioned_at = node.updated_at = now
    node.save()
    record("tieraccount.decommission", node, actor=actor, data={"ended": effect.accesses})
    return node
