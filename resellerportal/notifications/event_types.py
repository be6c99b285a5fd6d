"""Public names of what happens, for the systems of partners.

They are a promise: a name once given is neither changed nor given to anything else. What is only
about the portal's own doing (who has a request, reminders, buttons) has none.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from customers.models import Event

#: Object type of an event -> first part of the name, how the group is called.
NOUNS: dict[str, tuple[str, Any]] = {
    "tieraccount": ("account", _("Accounts")),
    "tieraccountrequest": ("account_request", _("Account requests")),
    "tierconfig": ("configuration", _("Tier configurations")),
    "tierconfigrequest": ("configuration_request", _("Configuration requests")),
    "subscription": ("subscription", _("Subscriptions")),
    "fulfillmentrequest": ("order", _("Orders")),
}

_ENDS: dict[str, str] = dict.fromkeys(("fail", "cascade", "expire"), "failed")
#: Steps that requests a vendor processes have in common.
_PROCESSED: dict[str, str] = {
    "created": "created",
    "submit": "submitted",
    "submit_and_ask": "submitted",
    "submit_and_park": "submitted",
    "release": "released",
    "ask": "inquired",
    "inquire": "inquired",
    "answer": "answered",
    "pend": "pended",
    "update": "changed",
    "approve": "approved",
    **_ENDS,
}
_STEPS: dict[str, dict[str, str]] = {
    "tieraccount": {
        "create": "created",
        "edit": "changed",
        "move": "moved",
        "decommission": "decommissioned",
    },
    "tieraccountrequest": {"created": "created", "accept": "accepted", "ignore": "ignored"},
    "tierconfig": {"created": "created", "activate": "activated"},
    "tierconfigrequest": _PROCESSED,
    "subscription": {
        "created": "created",
        "process": "submitted",
        "activate": "activated",
        "suspend": "suspended",
        "begin_termination": "terminating",
        "terminate": "terminated",
    },
    "fulfillmentrequest": {
        **_PROCESSED,
        "withdraw": "failed",
        "schedule": "scheduled",
        "due": "due",
        "revoke": "revoking",
        "confirm": "revoked",
    },
}
#: Second part of a name -> what it says, in words.
WORDS: dict[str, Any] = {
    "created": _("was created"),
    "submitted": _("a draft was submitted"),
    "released": _("no longer waits for a configuration"),
    "inquired": _("the technical contact is asked"),
    "answered": _("the questions were answered"),
    "pended": _("the question was taken back"),
    "changed": _("values were changed"),
    "approved": _("was approved"),
    "failed": _("was rejected, withdrawn or ended by time"),
    "scheduled": _("was accepted for a planned date"),
    "due": _("the planned date has come, and the vendor has to act"),
    "revoking": _("the distributor wants it back"),
    "revoked": _("the vendor gave it back"),
    "accepted": _("was accepted"),
    "ignored": _("was ignored"),
    "moved": _("was moved to another parent"),
    "decommissioned": _("was decommissioned"),
    "activated": _("is in force"),
    "suspended": _("is suspended"),
    "terminating": _("its cancellation was ordered"),
    "terminated": _("has ended"),
}
#: Event verb -> public name; verbs that are not here have none.
TYPES: dict[str, str] = {
    f"{model}.{step}": f"{NOUNS[model][0]}.{word}"
    for model, steps in _STEPS.items()
    for step, word in steps.items()
}


def event_types() -> list[str]:
    """Every public name, each once, in display order."""
    return list(dict.fromkeys(TYPES.values()))


def type_of(event: Event) -> str:
    """The public name of what happened; empty when it has none.

    A request about an account change that was born closed, because its vendor is not asked, has
    none.
    """
    if event.verb == "tieraccountrequest.created" and event.to_state == "unsupported":
        return ""
    return TYPES.get(event.verb, "")
