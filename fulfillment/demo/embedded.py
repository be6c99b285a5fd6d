"""What the demo's vendors add to their products: messages, buttons, texts of the control panel."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from customers import identifiers
from customers.models import Product
from customers.sealing import Sealed
from tierconfig.models import Action, Embedding, ProductMessage

from .receiver import ACTION

#: Product -> (name of the vendor's own, text).
MESSAGES = {
    "archive": (
        ("vat-format", "This is no VAT ID; it begins with the letters of your country."),
        ("vat-register", "The register does not know this VAT ID. Please look at an invoice."),
        ("register-court", "Please add the court to the number."),
    ),
    "backup": (
        ("phone-closed", "Nobody answers at this number; please give one of your support."),
        ("mail-personal", "Please give an address that is not that of a single person."),
    ),
}
#: Product -> (its own id, name, description, scope).
ACTIONS = {
    "archive": (
        ("training", "Book a training", "For resellers, every other Thursday.", "tier1"),
        ("price-list", "Price list", "The prices that were agreed with you.", "tier2"),
        ("vault", "Open the vault", "Signs you in without a password.", "asset"),
    ),
    "backup": (
        ("partner-desk", "Partner desk", "Tickets of your customers.", "tier1"),
        ("console", "Open the console", "Signs you in without a password.", "asset"),
    ),
}
STARTED = """\
1. Tell your customers' administrators the address of the **console**.
2. Let them sign in once; that creates their first plan.
3. Call us when the first night is over.
"""


def embed(products: dict[str, Product], now: datetime) -> None:
    born = now - timedelta(days=80)
    stamps = {"created_at": born, "updated_at": born}
    for key, product in products.items():
        digits = identifiers.digits(product.pk)
        ProductMessage.objects.bulk_create(
            ProductMessage(
                pk=f"PRDMSG-{digits[4:]}-{number:03d}",
                product=product,
                external_id=name,
                value=text,
                **stamps,
            )
            for number, (name, text) in enumerate(MESSAGES.get(key, ()), start=1)
        )
        Action.objects.bulk_create(
            Action(
                pk=f"ACT-{digits}-{number:03d}",
                product=product,
                action=name,
                name=title,
                description=text,
                scope=scope,
                position=number * 10000,
                **stamps,
            )
            for number, (name, title, text, scope) in enumerate(ACTIONS.get(key, ()), start=1)
        )
        if key in ACTIONS:
            _embed(product, born)


def _embed(product: Product, born: datetime) -> None:
    """Its buttons lead to a page of the demo that shows what a vendor would receive."""
    home = f"https://{product.name.lower().replace(' ', '-')}.example"
    Embedding.objects.create(
        product=product,
        description=f"{product.name} for you and your customers.",
        getting_started=STARTED,
        download_links=[
            {"title": "Agent for Windows", "url": f"{home}/agent.msi", "visible_for": "user"}
        ],
        documents=[{"title": "Handbook", "url": f"{home}/handbook/"}],
        action_url=f"{settings.PUBLIC_URL}{ACTION}",
        action_secret=Sealed.of("demo-only-" + "0" * 33),
        secret_since=born,
    )
