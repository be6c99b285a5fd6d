"""What an import is told beside the names of its columns: how rows find their account, defaults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ..actors import Actor
from ..cleaning import clean_country
from ..models import Hub, ImportBatch, TierAccount
from . import mapping as columns
from .lookups import Lookups

#: What new rows that resemble an account are: left for a person to choose, or chosen.
DUPLICATES = ("ask", "create")


def defaults(names: Sequence[str]) -> dict[str, Any]:
    match = next((key for key in columns.MATCHES if key in names), "")
    return {
        "match": match,
        "duplicates": DUPLICATES[0],
        "parent": "",
        "hub": "",
        "type": "",
        "country": "",
    }


def checked_options(batch: ImportBatch, actor: Actor, options: Mapping[str, Any]) -> dict[str, Any]:
    found = {key: str(options.get(key) or "").strip() for key in defaults(())}
    errors: dict[str, Any] = {}
    choices = {
        "match": columns.MATCHES,
        "duplicates": DUPLICATES,
        "type": ("", *TierAccount.Type.values),
    }
    for key, allowed in choices.items():
        if found[key] not in allowed:
            errors[key] = _("Choose one of the offered values.")
    if found["country"]:
        try:
            found["country"] = clean_country(found["country"])
        except ValidationError as error:
            errors["country"] = error
    lookups = Lookups(batch.provider, actor)
    if found["hub"]:
        hub = lookups.hubs.get(found["hub"])
        if hub is None or hub.type == Hub.Type.COMMERCE:
            errors["hub"] = _("Choose one of your own hubs that do not make accounts themselves.")
    if found["parent"]:
        lookups.read("id", [found["parent"]] if "\0" not in found["parent"] else [])
        known = lookups.find("id", found["parent"])
        if not known or known[0].type != TierAccount.Type.RESELLER or known[0].gone:
            errors["parent"] = _("Choose one of your own resellers.")
    if errors:
        raise ValidationError(errors)
    return found
