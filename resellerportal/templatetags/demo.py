"""What pages show in demo mode only."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.urls import reverse

register = template.Library()


@register.simple_tag
def demo_mailbox() -> str:
    """Address of the demo's mailbox, nothing outside demo mode."""
    return reverse("demo-mail-list") if settings.DEMO_MODE else ""
