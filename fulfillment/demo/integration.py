"""What integrations are tried against: a product made for them, its twin, and a key of each side.

The product takes part in everything: authorisation of two tiers, account changes, an action. Its
twin is the same without Tier Accounts Sync. Added to demos that were loaded before they existed.
"""

from __future__ import annotations

import hashlib
import hmac
import io
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from PIL import Image, ImageDraw

from customers import identifiers
from customers.models import (
    Category,
    Connection,
    Hub,
    Listing,
    Marketplace,
    Partner,
    Product,
    ProductIcon,
    ServiceUser,
)
from customers.sealing import Sealed
from customers.service_rights import EVERYTHING
from customers.services.service_users import hash_of, header_of
from tierconfig.models import Action, Embedding

from . import cast
from .offers import Offer, Param
from .products import make_product
from .receiver import ACTION

CATEGORY = ("CAT-00090", "Business operations")
PARAMS = (
    Param("asset", "o", "tenant_name", "Name of the tenant"),
    Param("asset", "f", "tenant_id", "Tenant", "text", "r"),
    Param("tier1", "o", "reseller_name", "Name shown to customers", "text", "r"),
    Param("tier1", "f", "reseller_id", "Reseller number", "text", "r"),
    Param("tier2", "o", "group_name", "Name of the group", "text", "r"),
)
OFFERS = (
    Offer(
        "PRD-731-402-915",
        "Directory Sync",
        "kestrel",
        True,
        2,
        "Keeps the people of two directories the same.",
        (("DSY-USER", "User", "Licenses"),),
        PARAMS,
        CATEGORY[1],
        switches=("administrative_hold", "editable_ordering_parameters"),
    ),
    Offer(
        "PRD-731-402-916",
        "Directory Sync Classic",
        "kestrel",
        False,
        2,
        "The same for directories that know no changes of accounts.",
        (("DSC-USER", "User", "Licenses"),),
        PARAMS,
        CATEGORY[1],
        switches=("administrative_hold", "editable_ordering_parameters"),
    ),
)
CONNECTIONS = ("CT-7314-0291", "CT-7314-0292")
MARKET, HUB = cast.MARKETS["hanse"][0][0], cast.MARKETS["hanse"][1][0]
COLOURS = ("#1d4ed8", "#0f766e")
#: Sign-in -> the id of its key.
KEYS = {"vendor": "SU-310-442-901", "distributor": "SU-205-118-901", "reseller": "SU-417-903-901"}


def add(now: datetime | None = None) -> list[Product]:
    """The two products, listed and connected for the demo's first distributor; made once."""
    found = list(Product.objects.filter(pk__in=[offer.id for offer in OFFERS]).order_by("pk"))
    if found:
        return found
    born = (now or timezone.now()) - timedelta(days=75)
    category, _made = Category.objects.get_or_create(name=CATEGORY[1], defaults={"pk": CATEGORY[0]})
    owner = Partner.objects.get(pk=cast.PARTNERS["kestrel"].id)
    return [
        _offered(offer, owner, category, connection, colour, born)
        for offer, connection, colour in zip(OFFERS, CONNECTIONS, COLOURS, strict=True)
    ]


def _offered(
    offer: Offer, owner: Partner, category: Category, connection: str, colour: str, born: datetime
) -> Product:
    product = make_product(offer, owner, category, born, without=("pending",))
    stamps = {"created_at": born, "updated_at": born}
    ProductIcon.objects.create(product=product, content=_icon(offer.name, colour), updated_at=born)
    Action.objects.create(
        pk=f"ACT-{identifiers.digits(product.pk)}-001",
        product=product,
        action="directory",
        name="Open the directory",
        description="Signs the reseller in without a password.",
        scope="tier1",
        position=10000,
        **stamps,
    )
    Embedding.objects.create(
        product=product,
        description=f"{product.name} for you and your customers.",
        action_url=f"{settings.PUBLIC_URL}{ACTION}",
        action_secret=Sealed.of("demo-only-" + "1" * 33),
        secret_since=born,
    )
    Listing.objects.create(product=product, marketplace=Marketplace.objects.get(pk=MARKET))
    Connection(pk=connection, product=product, hub=Hub.objects.get(pk=HUB), **stamps).save(
        force_insert=True
    )
    return product


def _icon(name: str, colour: str) -> bytes:
    """Two heads of a directory, in the colour."""
    picture = Image.new("RGBA", (128, 128), (0, 0, 0, 0))
    pen = ImageDraw.Draw(picture)
    pen.rounded_rectangle((0, 0, 127, 127), radius=24, fill=colour)
    for left in (22, 70):
        pen.ellipse((left + 6, 34, left + 30, 58), fill="white")
        pen.pieslice((left - 2, 62, left + 38, 122), 180, 360, fill="white")
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


@transaction.atomic
def keys() -> dict[str, str]:
    """A key with all rights for each side, as whole header values: `vendor_api_key` and so on.

    The same every time they are asked for: the secret is made of the server's own and the id, and
    only its hash is stored. Whoever deactivated one gets it back.
    """
    made = {}
    for name, pk in KEYS.items():
        person = cast.SIGN_INS[name]
        secret = _secret(pk)
        fields: dict[str, Any] = {
            "name": "Integrations",
            "description": "Made by demo_keys.",
            "rights": EVERYTHING,
            "secret_hash": hash_of(secret),
            "secret_hint": secret[-4:],
            "expires_at": None,
            "active": True,
        }
        partner = cast.PARTNERS[person.memberships[0][0]].id
        key, _made = ServiceUser.objects.update_or_create(
            pk=pk,
            defaults=fields,
            create_defaults={**fields, "partner_id": partner, "owner_id": person.id},
        )
        made[f"{name}_api_key"] = header_of(key, secret)
    return made


def _secret(pk: str) -> str:
    return hmac.new(
        settings.SECRET_KEY.encode(), f"demo key {pk}".encode(), hashlib.sha256
    ).hexdigest()


@transaction.atomic
def everything() -> dict[str, str]:
    """What an integration has to be told of the demo; whatever is missing in it is added."""
    product, twin = add()
    return {
        **keys(),
        "product_id": product.pk,
        "nosync_product_id": twin.pk,
        "marketplace_id": MARKET,
        "connection_id": CONNECTIONS[0],
    }
