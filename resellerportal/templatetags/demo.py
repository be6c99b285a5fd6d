"""What pages show in demo mode only."""

from __future__ import annotations

from django import template
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fulfillment.demo.cast import DOMAIN

register = template.Library()


PEOPLE = (
    (_("Vendor"), "vendor"),
    (_("Distributor"), "distributor"),
    (_("Reseller"), "reseller"),
    (_("Parent reseller"), "parent"),
    (_("Two partners"), "multi"),
    (_("Administrator"), "admin"),
)


@register.simple_tag
def demo_people() -> list[tuple[str, str]]:
    """Roles and addresses to sign in with, nothing outside demo mode."""
    return [(str(role), f"{name}@{DOMAIN}") for role, name in PEOPLE] if settings.DEMO_MODE else []


@register.simple_tag
def demo_mailbox() -> str:
    """Address of the demo's mailbox, nothing outside demo mode."""
    return reverse("demo-mail-list") if settings.DEMO_MODE else ""
