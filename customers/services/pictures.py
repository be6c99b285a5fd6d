"""Pictures that people send, written anew without what cameras and programs note in them."""

from __future__ import annotations

import io
import warnings

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

#: What is taken, by the name Pillow has for it; MPO is a JPEG with more pictures behind it.
TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "GIF": "image/gif",
    "WEBP": "image/webp",
}
#: Pixels of all frames, which are unpacked for a moment: four bytes each.
MAX_PIXELS = 40_000_000
#: What of a picture's own notes is needed to show it.
KEPT = ("transparency", "duration", "loop", "background", "disposal", "icc_profile")
ORIENTATION = 0x0112


def rewritten(content: bytes) -> tuple[str, bytes] | None:
    """Type and bytes of the picture, upright; None for what is no picture.

    Raises ValidationError for one that is broken or has too many pixels.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP")) as found:
                return TYPES[str(found.format)], _written(found)
    except UnidentifiedImageError:
        return None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError, Warning) as error:
        text = _("This picture is broken, or has too many pixels.")
        raise ValidationError(text, code="broken") from error


def _written(picture: Image.Image) -> bytes:
    frames = getattr(picture, "n_frames", 1)
    if picture.width * picture.height * frames > MAX_PIXELS:
        raise ValueError("too many pixels")
    if picture.format in ("JPEG", "MPO"):
        return _as_jpeg(picture)
    picture.info = {key: value for key, value in picture.info.items() if key in KEPT}
    written = io.BytesIO()
    picture.save(written, picture.format, save_all=frames > 1)
    return written.getvalue()


def _as_jpeg(picture: Image.Image) -> bytes:
    """Loses nothing but notes, unless it has to be turned or is more than one picture."""
    upright: Image.Image = picture
    quality: int | str = "keep"
    if picture.format == "MPO" or picture.getexif().get(ORIENTATION, 1) != 1:
        upright, quality = ImageOps.exif_transpose(picture), 92
    upright.info = {key: value for key, value in upright.info.items() if key in KEPT}
    written = io.BytesIO()
    upright.save(written, "JPEG", quality=quality)
    return written.getvalue()
