"""Which reseller partner operates, or only sees, an account (decision 3)."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from ..actors import Actor
from ..events import record
from ..lifecycle import hold
from ..models import AccountAccess, Partner, TierAccount
from ..permissions import by_distributor
from ..signals import access_ended


def find_reseller(pk: str) -> Partner:
    """The reseller with this id, as it told it to its distributor. Raises ValidationError."""
    found = Partner.objects.filter(pk=pk.strip().upper(), role=Partner.Role.RESELLER).first()
    if found is None:
        raise ValidationError(
            _("No reseller has this ID; ask the reseller for it, it begins with PA-."),
            code="unknown",
        )
    return found


@transaction.atomic
def grant_access(
    account: TierAccount, *, actor: Actor, partner: Partner, kind: str
) -> AccountAccess:
    """Let `partner` operate or see the account; one operator at a time.

    Granted by the account's distributor or an administrator. Raises PermissionDenied, and
    ValidationError on field `partner` or `account`. Locks the account row.
    """
    account = hold(account)
    if not by_distributor(account, actor):
        raise PermissionDenied
    if partner.role != Partner.Role.RESELLER:
        raise ValidationError({"partner": _("Choose a reseller.")})
    if kind == AccountAccess.Kind.OPERATES and account.type != TierAccount.Type.RESELLER:
        raise ValidationError({"kind": _("Only reseller accounts are operated by a reseller.")})
    if account.decommissioned_at is not None:
        raise ValidationError({"account": _("This account was decommissioned.")})
    try:
        with transaction.atomic():
            access = AccountAccess.objects.create(
                account=account,
                partner=partner,
                kind=kind,
                granted_by=str(actor),
                started_at=timezone.now(),
            )
    except IntegrityError as error:
        raise ValidationError({"partner": _has_already(account, partner, kind)}) from error
    record("tieraccount.grant", account, actor=actor, data={"partner": partner.pk, "kind": kind})
    return access


def _has_already(account: TierAccount, partner: Partner, kind: str) -> str:
    current = AccountAccess.objects.current().filter(account=account, partner=partner, kind=kind)
    if current.exists():
        return _("%(partner)s has this access already.") % {"partner": partner}
    return _("This account has an operator already; end that access first.")


@transaction.atomic
def end_access(access: AccountAccess, *, actor: Actor) -> AccountAccess:
    """End an access now; ending an ended one changes nothing. Locks the row. Raises
    PermissionDenied."""
    held = AccountAccess.objects.select_for_update(of=("self",)).get(pk=access.pk)
    if not by_distributor(held.account, actor):
        raise PermissionDenied
    if held.ended_at is None:
        held.ended_at = timezone.now()
        held.save()
        record(
            "tieraccount.end_access",
            held.account,
            actor=actor,
            data={"partner": held.partner_id, "kind": held.kind},
        )
        access_ended.send(sender=AccountAccess, access=held)
    return held
