"""Mail about a webhook that was switched off by itself: its partner's systems hear of nothing."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Event, WebhookEndpoint

from .letters import Message, administrators


def letters(event: Event) -> Iterator[Message]:
    """To the administrators of the partner, unless somebody switched it on again meanwhile."""
    rows = WebhookEndpoint.objects.visible_to(Actor.system()).select_related("partner")
    endpoint = rows.filter(pk=event.object_id, active=False).first()
    if endpoint is None:
        return
    partner = endpoint.partner
    heading = _("Switched off: the webhook %(name)s") % {"name": endpoint.label}
    path = reverse(f"{partner.role}:webhook-detail", args=[endpoint.pk])
    context = {
        "heading": heading,
        "intro": _(
            "Your system is told of nothing any more. When it works again, switch the webhook on, "
            "and have sent again what failed."
        ),
        "facts": [(_("Webhook"), endpoint.pk), (_("Reason"), event.reason)],
        "link": (f"{settings.PUBLIC_URL}{path}", _("Open the webhook")),
    }
    for address in administrators(partner.pk):
        subject = f"{heading} ({endpoint.pk})"
        yield Message(address, "notice", subject, context, partner=partner.pk)
