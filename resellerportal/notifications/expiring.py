"""Mail about a key of the API that ends soon: who uses it stops at that moment."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Event, ServiceUser

from .letters import Message, administrators, when


def letters(event: Event) -> Iterator[Message]:
    """To the administrators of the partner, unless it was ended or prolonged meanwhile."""
    rows = ServiceUser.objects.visible_to(Actor.system()).select_related("partner", "owner")
    key = rows.filter(pk=event.object_id, active=True, expires_at__gt=timezone.now()).first()
    if key is None or key.expires_at != key.expiry_told:
        return
    heading = _("Ends soon: the API key %(name)s") % {"name": key.name}
    path = reverse(f"{key.partner.role}:api-key-detail", args=[key.pk])
    context = {
        "heading": heading,
        "intro": _(
            "A system of yours calls with this key. Edit the key to let it work longer, or make a "
            "new one."
        ),
        "facts": [
            (_("Key"), key.pk),
            (_("Owner"), str(key.owner)),
            (_("Works until"), when(key.expires_at)),
        ],
        "link": (f"{settings.PUBLIC_URL}{path}", _("Open the key")),
    }
    for address in administrators(key.partner_id):
        yield Message(address, "notice", f"{heading} ({key.pk})", context, partner=key.partner_id)
