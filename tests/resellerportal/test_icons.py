"""Icons: what is taken, what is made of it, who may load it."""

from __future__ import annotations

import io
import re
import struct
import zlib

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from customers.models import Event, ProductIcon
from customers.services import icons
from tests.resellerportal.config_pages import Pages, main_of


def picture(kind="PNG", size=(600, 300), mode="RGB", **options):
    written = io.BytesIO()
    Image.new(mode, size, (200, 30, 60) if mode == "RGB" else None).save(written, kind, **options)
    return written.getvalue()


def bomb(side=30_000):
    """A small PNG that says it is 900 million pixels."""
    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)

    def chunk(name, data):
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    body = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_each_kind_becomes_a_small_png(kind):
    with Image.open(io.BytesIO(icons.as_icon(picture(kind)))) as made:
        assert (made.format, made.size) == ("PNG", (256, 128))


def test_a_small_picture_is_not_blown_up():
    with Image.open(io.BytesIO(icons.as_icon(picture(size=(20, 20))))) as made:
        assert made.size == (20, 20)


def test_nothing_but_the_picture_is_kept():
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    exif[0x0112] = 6  # turned by 90 degrees
    made = icons.as_icon(picture("JPEG", exif=exif, icc_profile=b"profile"))
    assert b"where I live" not in made
    with Image.open(io.BytesIO(made)) as read:
        assert read.info == {}
        assert read.size == (128, 256)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"\x89PNG\r\n\x1a\n broken",
        picture()[:-20],
        picture("GIF"),
        picture("TIFF"),
        bomb(),
        picture(size=(5000, 4000)),
        b"x" * (icons.MAX_BYTES + 1),
    ],
)
def test_what_is_no_picture_or_too_large_is_refused(content):
    with pytest.raises(ValidationError):
        icons.as_icon(content)


@pytest.mark.django_db
class TestPages:
    @pytest.fixture
    def pages(self, client, cast):
        return Pages(client, cast)

    def upload(self, pages, cast, content, who="vendor"):
        file = SimpleUploadedFile("../../icon.php", content, content_type="text/html")
        return pages.post(who, "product-icon", cast.product.pk, icon=file)

    def address(self, pages, cast, who="vendor"):
        page = pages.get(who, "product-detail", cast.product.pk).content.decode()
        found = re.search(r'<img class="product-icon" src="([^"]+)"', page)
        return found and found[1]

    def test_uploaded_shown_and_loaded_by_anybody(self, cast, pages, client):
        assert self.address(pages, cast) is None
        assert self.upload(pages, cast, picture()).status_code == 302
        address = self.address(pages, cast)
        assert address.startswith(f"/media/products/{cast.product.pk}/")
        assert self.address(pages, cast, "distributor") == address
        client.logout()
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "image/png"
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Cookie" not in answer.get("Vary", "")
        assert client.post(address).status_code == 405

    def test_a_new_picture_has_a_new_address_and_the_old_one_is_gone(self, cast, pages, client):
        self.upload(pages, cast, picture())
        old = self.address(pages, cast)
        self.upload(pages, cast, picture(size=(50, 50)))
        new = self.address(pages, cast)
        assert client.get(new).status_code == 200
        assert old != new
        assert client.get(old).status_code == 404
        assert client.get(f"/media/products/{cast.plain.pk}/{'0' * 20}.png").status_code == 404

    def test_a_bad_file_is_said_beside_the_field(self, cast, pages):
        answer = self.upload(pages, cast, b"<html>")
        assert answer.status_code == 422
        assert "use a PNG, JPEG or WebP file" in main_of(answer)
        assert "Use a file of at most 512 KB." in main_of(
            self.upload(pages, cast, b"x" * (icons.MAX_BYTES + 5))
        )
        assert not ProductIcon.objects.exists()

    def test_removed_again(self, cast, pages):
        self.upload(pages, cast, picture())
        assert pages.post("vendor", "product-icon-remove", cast.product.pk).status_code == 302
        assert self.address(pages, cast) is None
        verbs = Event.objects.about(cast.product).order_by("at").values_list("verb", flat=True)
        assert list(verbs) == ["product.icon", "product.icon_removed"]

    @pytest.mark.parametrize("who", ["vendor2", "distributor", "reseller"])
    def test_nobody_else_sets_it(self, cast, who):
        with pytest.raises(PermissionDenied):
            icons.set_icon(cast.product, actor=cast.actor(who), content=picture())
        with pytest.raises(PermissionDenied):
            icons.remove_icon(cast.product, actor=cast.actor(who, "administrator"))
