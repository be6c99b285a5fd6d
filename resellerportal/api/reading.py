"""Bodies: JSON in, JSON out, whatever the headers ask for."""

from __future__ import annotations

import codecs
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import DataAndFiles, JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer

#: Objects within objects of a body.
DEEPEST = 20


class JsonOnly(BaseContentNegotiation):
    """Clients say they take anything and mean JSON; browsers get it, too."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class JsonRenderer(JSONRenderer):
    """Content type exactly `application/json`: one client compares for equality."""

    def get_indent(self, accepted_media_type: Any, renderer_context: Any) -> None:
        return None


class JsonParser(JSONParser):
    """No body is an empty object. Text that no database takes is refused here (reliability 2.3)."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        _check_head((parser_context or {}).get("request"))
        content = stream.read().removeprefix(codecs.BOM_UTF8)
        if not content.strip():
            return {}
        try:
            data = super().parse(_Content(content), media_type, parser_context)
        except RecursionError as error:
            raise ParseError(_("The body is nested too deep.")) from error
        check(data)
        return data


class FilesParser(JsonParser):
    """Also takes forms: files, and beside them the object as JSON in the part `body`."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        if not str(media_type).lower().startswith(MultiPartParser.media_type):
            return super().parse(stream, media_type, parser_context)
        _check_head((parser_context or {}).get("request"))
        form = MultiPartParser().parse(stream, media_type, parser_context)
        content = _Content(form.data.get("body", "").encode())
        data = super().parse(content, media_type, parser_context)
        if not isinstance(data, dict):
            raise ParseError(_("%(path)s: an object is expected.") % {"path": "body"})
        return DataAndFiles(data, form.files)


def _check_head(request: Any) -> None:
    """Refuse what is too large, and what is packed: nothing is unpacked here."""
    if request is None:
        return
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
        raise RequestDataTooBig
    coding = request.META.get("HTTP_CONTENT_ENCODING", "")
    if coding.lower() not in ("", "identity"):
        text = _("Content-Encoding: send the body as it is, not packed.")
        raise UnsupportedMediaType(coding, detail=text)


class _Content:
    """Bytes that were read, as the stream the framework decodes."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def read(self, size: int = -1) -> bytes:
        content, self.content = self.content, b""
        return content


def check(data: Any, path: str = "", depth: int = 0) -> None:
    """Raise ParseError, naming the place, for texts with NUL or lone surrogates, and for depth."""
    if depth > DEEPEST:
        raise ParseError(_("The body is nested too deep."))
    if isinstance(data, str):
        if "\0" in data or any("\ud800" <= mark <= "\udfff" for mark in data):
            raise ParseError(
                _("%(path)s: this is no text that can be kept.") % {"path": path or "body"}
            )
    elif isinstance(data, dict):
        for name, inner in data.items():
            check(name, path, depth + 1)
            check(inner, f"{path}.{name}".lstrip("."), depth + 1)
    elif isinstance(data, list):
        for number, inner in enumerate(data):
            check(inner, f"{path}[{number}]", depth + 1)
