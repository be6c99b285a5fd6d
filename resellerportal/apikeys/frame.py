"""What the pages of keys share: how a key stands, what it may do, and examples of its use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from customers.models import ServiceUser
from customers.models.keys import standing
from customers.service_rights import ACCOUNT, EVERYTHING, MODULES, READ, READ_ONLY
from customers.services.expiring_keys import SOON

from ..cells import absolute
from ..parts import Fact
from ..states import badge_of

Standing = ServiceUser.Standing
#: Standing of a key -> the state that looks like it.
LOOKS = {
    Standing.ACTIVE: "active",
    Standing.EXPIRED: "failed",
    Standing.INACTIVE: "discarded",
    Standing.OWNER_GONE: "failed",
}


def health(row: Any) -> SafeString:
    """Whether a key, or a row of one, opens anything; `row` carries `owner_level`."""
    now = timezone.now()
    found = standing(row, now)
    if found == Standing.ACTIVE and row.expires_at and row.expires_at < now + SOON:
        return badge_of("pending", _("Expires soon"))
    return badge_of(LOOKS[Standing(found)], str(Standing(found).label))


def rights_text(rights: Mapping[str, str]) -> str:
    """What a key may do, in a line."""
    if rights == EVERYTHING:
        return _("Everything")
    if rights == READ_ONLY:
        return _("Read only")
    named = []
    for name, module in MODULES.items():
        if name in rights:
            text = _("%(part)s (read)") if rights[name] == READ else _("%(part)s (write)")
            named.append(text % {"part": module.label})
    return ", ".join(named)


def key_facts(key: Any) -> list[Fact]:
    facts = [
        Fact(_("State"), health(key)),
        Fact(_("Owner"), str(key.owner)),
        Fact(_("May"), rights_text(key.rights)),
        Fact(_("Secret ends with"), key.secret_hint),
        Fact(_("Expires"), absolute(key.expires_at) if key.expires_at else _("never")),
        Fact(_("Last used"), absolute(key.last_used_at) if key.last_used_at else _("never")),
    ]
    if key.old_secret_until and key.old_secret_until > timezone.now():
        facts.append(Fact(_("The old secret opens until"), absolute(key.old_secret_until)))
    return facts


def api_address() -> str:
    return f"{settings.PUBLIC_URL}/public/v1"


@dataclass(frozen=True)
class Example:
    """A text to be pasted; `note` says what it needs."""

    label: str
    text: str
    note: str = ""


def examples(header: str, rights: Mapping[str, str]) -> list[Example]:
    """Ways to call with the key whose header this is, reading what it may read."""
    address = api_address()
    path = next((m.addresses[0] for name, m in MODULES.items() if name in rights), "accounts")
    path = "accounts" if ACCOUNT in rights else path
    space, _slash, collection = path.rpartition("/")
    start = f'client.ns("{space}")' if space else "client"
    found = [
        Example("curl", f"curl -H 'Authorization: {header}' \\\n  '{address}/{path}?limit=10'"),
        Example(
            "Python",
            "from connect.client import ConnectClient\n\n"
            "client = ConnectClient(\n"
            f'    "{header}",\n'
            f'    endpoint="{address}",\n'
            ")\n"
            f'for row in {start}.collection("{collection}").all():\n'
            '    print(row["id"])',
            _("Needs the package connect-openapi-client."),
        ),
    ]
    if ACCOUNT in rights:
        text = f"ccli account add '{header}' \\\n  --endpoint '{address}'"
        found.append(Example("ccli", text, _("Needs the package connect-cli and Python 3.11.")))
    return found
