"""Icons of products: checked, made small, and written anew, so that nothing else is in them."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable
from datetime import datetime
from functools import cache

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw, ImageOps

from ..actors import Actor
from ..events import record
from ..lifecycle import hold
from ..models import Product, ProductIcon
from ..permissions import by_vendor

#: What may be uploaded, and the square it is made to fit into.
MAX_BYTES, SIDE = 512 * 1024, 256
FORMATS = ("PNG", "JPEG", "WEBP")
#: Key of the picture that stands for those of products without one.
PLACEHOLDER = "default"
#: A picture is unpacked for a moment: four bytes for each of its pixels.
MAX_PIXELS = 16_000_000


@transaction.atomic
def set_icon(product: Product, *, actor: Actor, content: bytes) -> ProductIcon:
    """Store the picture as the product's icon. Locks the product.

    Raises PermissionDenied, and ValidationError on field `icon`.
    """
    held = hold(product)
    if not by_vendor(held, actor):
        raise PermissionDenied
    try:
        picture = as_icon(content)
    except ValidationError as error:
        raise ValidationError({"icon": error}) from error
    icon, _made = ProductIcon.objects.update_or_create(
        product=held, defaults={"content": picture, "updated_at": timezone.now()}
    )
    record("product.icon", held, actor=actor, data={"id": held.pk, "bytes": len(picture)})
    return icon


@transaction.atomic
def remove_icon(product: Product, *, actor: Actor) -> Product:
    """Remove it; there being none is no error. Locks the product. Raises PermissionDenied."""
    held = hold(product)
    if not by_vendor(held, actor):
        raise PermissionDenied
    removed, _rows = ProductIcon.objects.filter(product=held).delete()
    if removed:
        record("product.icon_removed", held, actor=actor, data={"id": held.pk})
    return held


def key_of(product_id: str) -> str:
    """The part of the icon's address that is another one for each picture; "" without an icon."""
    return keys_of([product_id]).get(product_id, "")


def keys_of(product_ids: Iterable[str]) -> dict[str, str]:
    """`key_of` for many, in one query; products without an icon are left out."""
    rows = ProductIcon.objects.filter(product__in=list(product_ids))
    moments = rows.values_list("product_id", "updated_at")
    return {pk: key_at(pk, moment) for pk, moment in moments}


def content_of(product_id: str, key: str) -> bytes | None:
    """The PNG under this key, None when there is none or it was replaced."""
    if key == PLACEHOLDER:
        return placeholder()
    icon = ProductIcon.objects.filter(product=product_id).first()
    if icon is None or not constant_time_compare(key_at(product_id, icon.updated_at), key):
        return None
    return bytes(icon.content)


@cache
def placeholder() -> bytes:
    """A closed box on a grey tile, the same for all products, so that it tells of none."""
    picture = Image.new("RGBA", (SIDE, SIDE))
    draw = ImageDraw.Draw(picture)
    draw.rounded_rectangle((0, 0, SIDE - 1, SIDE - 1), radius=40, fill="#e4e8ee")
    draw.rounded_rectangle((60, 84, 196, 190), radius=10, fill="#8a97a8")
    draw.rectangle((60, 112, 196, 118), fill="#e4e8ee")
    draw.rectangle((116, 84, 140, 140), fill="#5d6b7e")
    written = io.BytesIO()
    picture.save(written, "PNG", optimize=True)
    return written.getvalue()


def as_icon(content: bytes) -> bytes:
    """A PNG that fits into the square, of the first frame, upright, without any metadata."""
    if len(content) > MAX_BYTES:
        raise ValidationError(
            _("Use a file of at most %(size)d KB.") % {"size": MAX_BYTES // 1024}, code="size"
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redrawn(content)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        raise ValidationError(
            _("This is no picture that can be read; use a PNG, JPEG or WebP file."), code="invalid"
        ) from error


def _redrawn(content: bytes) -> bytes:
    with Image.open(io.BytesIO(content), formats=FORMATS) as probe:
        width, height = probe.size
        if width * height > MAX_PIXELS:
            raise ValueError("too many pixels")
        probe.verify()
    # verify() leaves nothing to be read.
    with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
        picture.load()
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    upright.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
    clean = Image.new("RGBA", upright.size)
    clean.paste(upright)
    written = io.BytesIO()
    clean.save(written, "PNG", optimize=True)
    return written.getvalue()


def key_at(product_id: str, moment: datetime) -> str:
    """`key_of` for a product whose icon was made at that moment."""
    return salted_hmac("product icon", f"{product_id} {moment.timestamp()}").hexdigest()[:20]
