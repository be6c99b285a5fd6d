"""Keys by which a partner's own systems call the API: kept by its administrators.

Every function that writes holds the key's row. PermissionDenied for everybody else, an
administrator of the platform too; ValidationError by field. A secret is answered once and kept
as its SHA-256: it is 32 random bytes and no password, so nothing slower protects it better.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import actors, identifiers
from ..actors import Actor
from ..cleaning import clean_text
from ..errors import field_error
from ..events import record
from ..lifecycle import check_revision, touch
from ..models import Partner, ServiceUser
from ..models.keys import standing
from ..service_rights import LEVELS, MODULES, READ, WRITE

#: Active keys a partner may have.
MOST: Final = 50
#: How long the old secret opens beside the new one.
OLD_SECRET_FOR: Final = timedelta(hours=24)
_HEADER = re.compile(r"\s*apikey\s+(SU-\d{3}-\d{3}-\d{3}):([!-~]{1,200})\s*", re.ASCII | re.I)
_NO_HASH: Final = "0" * 64


def may_manage(actor: Actor) -> bool:
    """Whether the actor keeps the keys of the partner it acts for; no key keeps keys."""
    return actor.partner is not None and actor.level == actors.ADMINISTRATOR and not actor.key


def header_of(service_user: ServiceUser, secret: str) -> str:
    """The whole value of the header Authorization."""
    return f"ApiKey {service_user.pk}:{secret}"


def claimed_id(header: str) -> str:
    """The id that a header Authorization speaks of, whatever its secret; empty without one."""
    found = _HEADER.fullmatch(header)
    return found[1].upper() if found else ""


def authenticate(header: str) -> ServiceUser | None:
    """The key that a header Authorization opens with, with partner, owner and `owner_level`.

    None when the header is no such header, the secret is wrong, or the key is inactive, expired
    or without its owner; an unknown id costs what a known one costs. One query.
    """
    found = _HEADER.fullmatch(header)
    if found is None:
        return None
    pk, secret = found[1].upper(), found[2]
    row: ServiceUser | None = next(iter(_keys().filter(pk=pk)), None)
    now = timezone.now()
    given = hash_of(secret)
    present = hmac.compare_digest(given, row.secret_hash if row else _NO_HASH)
    before = hmac.compare_digest(given, (row.old_secret_hash if row else "") or _NO_HASH)
    if row is None or standing(row, now) != ServiceUser.Standing.ACTIVE:
        return None
    lives_on = row.old_secret_until is not None and now < row.old_secret_until
    return row if present or (before and lives_on) else None


@cache
def _keys() -> QuerySet[ServiceUser]:
    """All keys as `authenticate` reads them; begun once, because each call would begin with it."""
    rows: QuerySet[ServiceUser] = ServiceUser.objects.with_owner_level().order_by()
    return rows.select_related("partner", "owner")


def actor_of(service_user: ServiceUser, module: str, write: bool) -> Actor:
    """Who acts when an authenticated key calls a module (customers/service_rights.py).

    With the right "write" the owner's present level, with "read" a viewer's. Raises
    PermissionDenied when the module is closed to the key, or to its writing.
    """
    right = service_user.rights.get(module)
    if right not in LEVELS or (write and right != WRITE):
        raise PermissionDenied(
            _("The key has no right to %(act)s “%(part)s”.")
            % {"act": _("write") if write else _("read"), "part": MODULES[module].label}
        )
    present: str = getattr(service_user, "owner_level")  # noqa: B009 (an annotation)
    return Actor(
        role=service_user.partner.role,
        user=service_user.owner,
        partner=service_user.partner,
        level=present if right == WRITE else actors.VIEWER,
        key=service_user.pk,
        name=service_user.name,
    )


@transaction.atomic
def create_service_user(
    *,
    actor: Actor,
    name: str,
    description: str = "",
    rights: Mapping[str, str],
    expires_at: datetime | None = None,
) -> tuple[ServiceUser, str]:
    """An active key owned by the actor, and its secret: answered now and never again."""
    if not may_manage(actor) or actor.user is None:
        raise PermissionDenied
    _check_room(actor)
    fields = _cleaned(name, description, rights)
    _check_future(expires_at)
    secret = secrets.token_hex(32)
    key = identifiers.insert(
        ServiceUser,
        "SU",
        partner=actor.partner,
        owner=actor.user,
        secret_hash=hash_of(secret),
        secret_hint=secret[-4:],
        expires_at=expires_at,
        **fields,
    )
    _note("serviceuser.created", key, actor, rights=fields["rights"])
    return key, secret


@transaction.atomic
def edit_service_user(
    service_user: ServiceUser,
    *,
    actor: Actor,
    name: str,
    description: str = "",
    rights: Mapping[str, str],
    expires_at: datetime | None = None,
    revision: int | None = None,
) -> ServiceUser:
    """Change what the key is called, may do, and until when; the secret stays."""
    held = _hold_own(service_user, actor, revision)
    fields = {**_cleaned(name, description, rights), "expires_at": expires_at}
    changed = [field for field, value in fields.items() if getattr(held, field) != value]
    if "expires_at" in changed:
        _check_future(expires_at)
    if changed:
        for field in changed:
            setattr(held, field, fields[field])
        touch(held)
        _note("serviceuser.edit", held, actor, changed=changed, rights=held.rights)
    return held


@transaction.atomic
def rotate_secret(service_user: ServiceUser, *, actor: Actor, now_only: bool = False) -> str:
    """A new secret, answered now and never again.

    The present one opens for 24 hours more; with `now_only` it is worth nothing at once, as is
    one before it that still lived.
    """
    held = _hold_own(service_user, actor)
    secret = secrets.token_hex(32)
    held.old_secret_hash = "" if now_only else held.secret_hash
    held.old_secret_until = None if now_only else timezone.now() + OLD_SECRET_FOR
    held.secret_hash, held.secret_hint = hash_of(secret), secret[-4:]
    touch(held)
    _note("serviceuser.rotate", held, actor, at_once=now_only)
    return secret


@transaction.atomic
def switch_service_user(service_user: ServiceUser, *, actor: Actor, on: bool) -> ServiceUser:
    """Activate or deactivate; doing what is done already changes nothing."""
    held = _hold_own(service_user, actor)
    if held.active == on:
        return held
    if on:
        _check_room(actor)
    held.active = on
    touch(held)
    _note("serviceuser.switch_on" if on else "serviceuser.switch_off", held, actor)
    return held


@transaction.atomic
def delete_service_user(service_user: ServiceUser, *, actor: Actor) -> None:
    """Only what never called: histories and the log of calls name the others."""
    held = _hold_own(service_user, actor)
    if held.last_used_at is not None:
        raise ValidationError(_("This key was used already. Deactivate it instead."))
    _note("serviceuser.deleted", held, actor)
    held.delete()


def _hold_own(key: ServiceUser, actor: Actor, revision: int | None = None) -> ServiceUser:
    """The key, locked and fresh. Raises PermissionDenied, StaleForm, DoesNotExist."""
    if not may_manage(actor) or key.partner_id != actor.partner_id:
        raise PermissionDenied
    rows = ServiceUser.objects.select_for_update(of=("self",), no_key=True)
    held: ServiceUser = rows.get(pk=key.pk)
    check_revision(held, revision)
    return held


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _check_room(actor: Actor) -> None:
    """One more active key; the partner's row is locked, so that no two take the last place."""
    Partner.objects.select_for_update(of=("self",), no_key=True).get(pk=actor.partner_id)
    if ServiceUser.objects.filter(partner=actor.partner, active=True).count() >= MOST:
        raise ValidationError(
            _("There are %(n)d active keys, which is the most. Deactivate one first.") % {"n": MOST}
        )


def _check_future(expires_at: datetime | None) -> None:
    if expires_at is not None and expires_at <= timezone.now():
        raise field_error("expires_at", _("Choose a day in the future."), "past")


def _cleaned(name: str, description: str, rights: Mapping[str, str]) -> dict[str, Any]:
    """Checked values; ValidationError by field."""
    found: dict[str, Any] = {}
    for field, value, longest in (("name", name, 128), ("description", description, 255)):
        try:
            found[field] = clean_text(value, max_length=longest)
        except ValidationError as error:
            raise ValidationError({field: error}) from error
    if not found["name"]:
        raise field_error("name", _("Enter a text."), "required")
    known = {module: rights[module] for module in MODULES if rights.get(module)}
    if set(rights) - set(MODULES) or any(right not in (READ, WRITE) for right in known.values()):
        raise field_error("rights", _("There is no such right."), "unknown")
    if not known:
        raise field_error("rights", _("Choose at least one right."), "required")
    return {**found, "rights": known}


def _note(verb: str, key: ServiceUser, actor: Actor, **data: Any) -> None:
    record(verb, key, actor=actor, data={"label": key.name, "owner": key.partner_id, **data})
