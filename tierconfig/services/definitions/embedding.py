"""What a product shows in the control panel, and where its buttons lead.

Functions that write hold the product and raise PermissionDenied, StaleForm and ValidationError.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.events import record
from customers.lifecycle import touch
from customers.models import Product
from customers.sealing import Sealed

from ...models import Embedding
from . import editing

MAX_DESCRIPTION, MAX_STARTED, MAX_TITLE, MAX_LINKS = 255, 4096, 64, 10
ADMIN, USER = "admin", "user"
Link = dict[str, str]


def embedding_of(product: Product) -> Embedding:
    """The product's embedding; an unsaved, empty one when nothing was set yet."""
    found = Embedding.objects.filter(product=product).first()
    return found or Embedding(product=product)


@transaction.atomic
def save_embedding(
    product: Product,
    *,
    actor: Actor,
    description: str,
    getting_started: str,
    download_links: Iterable[Mapping[str, Any]],
    documents: Iterable[Mapping[str, Any]],
    action_url: str,
    revision: int | None = None,
) -> Embedding:
    """Store everything but the secret. Links are {title, url}, downloads also {visible_for}.

    A link with neither title nor address is left out. Errors of links stand on `download_links`
    and `documents` and name the line.
    """
    held = editing.hold_own(product, actor, revision=revision)
    row = embedding_of(held)
    values = _cleaned(
        description=lambda name: editing.clean_optional(name, description, MAX_DESCRIPTION),
        getting_started=lambda name: editing.clean_optional(
            name, getting_started, MAX_STARTED, lines=True
        ),
        download_links=lambda name: _links(name, download_links, visible=True),
        documents=lambda name: _links(name, documents),
        action_url=lambda name: _address(name, action_url, row.action_url),
    )
    changes = editing.changed(row, values)
    if changes:
        row.save()
        touch(held)
        for name in {"download_links", "documents"} & set(changes):
            changes[name] = [_written(links) for links in changes[name]]
        editing.note("product.embedding", held, held, actor=actor, changes=changes)
    return row


def _cleaned(**cleaners: Callable[[str], Any]) -> dict[str, Any]:
    """What each cleaner answers for its name; the errors of all of them together."""
    values: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, clean in cleaners.items():
        try:
            values[name] = clean(name)
        except ValidationError as error:
            errors |= error.error_dict
    if errors:
        raise ValidationError(errors)
    return values


def _address(name: str, given: str, present: str) -> str:
    """One that stands there already is not judged anew, by rules that may be stricter now."""
    return present if given == present else editing.clean_address(name, given)


def _written(links: Iterable[Link]) -> str:
    """Links as one line of a history."""
    return ", ".join(f"{each['title']} ({each['url']})" for each in links)


@transaction.atomic
def new_secret(product: Product, *, actor: Actor) -> str:
    """Replace the secret that signs the tokens; shown now and never again.

    Tokens signed with the old one end at once for who checks with the new one. For
    administrators of the vendor.
    """
    held = editing.hold_own(product, actor, administrator=True)
    row = embedding_of(held)
    secret = secrets.token_urlsafe(32)
    row.action_secret = Sealed.of(secret)
    row.secret_since = timezone.now()
    row.save()
    record("product.secret", held, actor=actor, data={"id": held.pk, "name": held.name})
    return secret


def _links(field: str, given: Iterable[Mapping[str, Any]], *, visible: bool = False) -> list[Link]:
    found: list[Link] = []
    problems: list[ValidationError] = []
    for number, each in enumerate(given, 1):
        try:
            link = _link(field, each, visible=visible)
        except ValidationError as error:
            text = "; ".join(error.messages)
            message = _("Line %(number)d: %(text)s") % {"number": number, "text": text}
            problems.append(ValidationError(message, code="link"))
            continue
        if link:
            found.append(link)
    if len(found) > MAX_LINKS:
        problems.append(ValidationError(_("Use at most %(n)d links.") % {"n": MAX_LINKS}))
    if problems:
        raise ValidationError({field: problems})
    return found


def _link(field: str, given: Mapping[str, Any], *, visible: bool) -> Link:
    title = editing.clean_optional(field, given.get("title"), MAX_TITLE)
    url = editing.clean_address(field, given.get("url"))
    if not title and not url:
        return {}
    if not title or not url:
        raise ValidationError(_("A link needs a title and an address."))
    link = {"title": title, "url": url}
    if visible:
        link["visible_for"] = USER if given.get("visible_for") == USER else ADMIN
    return link
