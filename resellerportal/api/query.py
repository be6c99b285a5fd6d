"""The query string of a list: decoded once, bounded, parsed."""

from __future__ import annotations

import re
import warnings
from typing import Any
from urllib.parse import unquote

from django.utils.translation import gettext as _

with warnings.catch_warnings():
    # Its parser imports a module of Python that is about to go.
    warnings.simplefilter("ignore", DeprecationWarning)
    from lark.exceptions import UnexpectedInput
    from py_rql.exceptions import RQLFilterParsingError
    from py_rql.parser import RQLParser

from .errors import UNREADABLE, ApiError

#: Characters of a query, brackets within brackets, operations.
LONGEST = 4_000
DEEPEST = 12
MOST = 400
#: Characters shown of what cannot be read.
SHOWN = 20


class Query:
    """The query string of a list: read, checked and parsed. Raises ApiError 400.

    `limit` and `offset` are what was asked for, None and 0 without; `selected` is filled by
    Filters.apply with the props of select().
    """

    def __init__(self, raw: str) -> None:
        self.limit: int | None = None
        self.offset = 0
        self.search = ""
        self.selected: list[str] = []
        text = unquote(self._own(raw), errors="replace")
        self._check(raw, text)
        self.tree = self._parse(text) if text else None

    @property
    def narrows(self) -> bool:
        """Whether more than a page is asked for."""
        return self.tree is not None or bool(self.search)

    def _own(self, raw: str) -> str:
        """The query without paging and search, which stand between `&` of their own."""
        kept = []
        for part in filter(None, raw.split("&")):
            name, equals, value = part.partition("=")
            if equals and name == "search":
                # The one place where a plus is a blank: a client sends it so.
                self.search = unquote(value.replace("+", " ")).strip().strip("\"'")
            elif equals and name in ("limit", "offset"):
                self._page(name, unquote(value))
            elif equals and (found := re.fullmatch(r"(\w+)__in", name)) and "(" not in value:
                kept.append(f"in({found[1]},({value}))")
            elif not (equals and name == "order_by"):
                kept.append(part)
        return "&".join(kept)

    def _page(self, name: str, value: str) -> None:
        if not re.fullmatch(r"[0-9]{1,18}", value):
            raise ApiError(
                _("%(name)s: a whole number from 0 on is expected.") % {"name": name},
                code=UNREADABLE,
            )
        setattr(self, name, int(value))

    def _check(self, raw: str, text: str) -> None:
        if len(raw) > LONGEST:
            raise ApiError(
                _("The query is too long: at most %(most)d characters.") % {"most": LONGEST},
                code=UNREADABLE,
            )
        if any(bad in text + self.search for bad in ("\0", "\ufffd")):
            raise ApiError(_("The query holds what is no text."), code=UNREADABLE)
        depth = deepest = 0
        for mark in text:
            depth += (mark == "(") - (mark == ")")
            deepest = max(deepest, depth)
        operations = sum(text.count(mark) for mark in "&|;,")
        if deepest > DEEPEST or operations > MOST:
            raise too_deep()

    def _parse(self, text: str) -> Any:
        try:
            return RQLParser.parse_query(text)
        except RecursionError as error:
            raise too_deep() from error
        except RQLFilterParsingError as error:
            raise unreadable(text, error.__context__) from error


def unreadable(text: str, error: BaseException | None) -> ApiError:
    """Where the parser gave up, since the grammar alone does not tell what is wrong."""
    at = getattr(error, "pos_in_stream", None) if isinstance(error, UnexpectedInput) else None
    if at is None or not 0 <= at < len(text):
        return ApiError(_("Bad filter query: it ends too early."), code=UNREADABLE)
    return ApiError(
        _("Bad filter query: not understood from “%(rest)s” on (character %(at)d).")
        % {"rest": text[at : at + SHOWN], "at": at + 1},
        code=UNREADABLE,
    )


def too_deep() -> ApiError:
    return ApiError(_("The query is too deep or has too many parts."), code=UNREADABLE)
