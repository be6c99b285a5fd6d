"""Markdown as text that reads well without any markup, for the plain part of a mail."""

from __future__ import annotations

from collections.abc import Iterable

from markdown_it import MarkdownIt
from markdown_it.token import Token

_markdown = MarkdownIt("commonmark", {"html": False})


def plain(markdown: str) -> str:
    """Paragraphs, lists and quotes as lines; a link as its text with the address behind it."""
    blocks: list[str] = []
    marks: list[str] = []
    lists: list[int] = []
    after_item = False
    for token in _markdown.parse(markdown):
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(int(token.attrs.get("start", 1)) if token.type[0] == "o" else 0)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            marks.append(f"{lists[-1]}. " if lists[-1] else "- ")
            lists[-1] += 1 if lists[-1] else 0
        elif token.type in ("inline", "fence", "code_block"):
            text = _line(token.children or ()) if token.type == "inline" else token.content
            indent = "  " * max(len(lists) - 1, 0)
            mark = marks.pop() if marks else ("  " if lists else "")
            gap = "\n" if after_item and mark.strip() else "\n\n"
            after_item = bool(mark.strip())
            blocks.append(f"{gap if blocks else ''}{indent}{mark}{text.strip()}")
    return "".join(blocks).strip()


def _line(tokens: Iterable[Token]) -> str:
    said: list[str] = []
    targets: list[tuple[str, int]] = []
    for token in tokens:
        if token.type == "link_open":
            targets.append((str(token.attrs.get("href", "")), len(said)))
        elif token.type == "link_close":
            address, start = targets.pop()
            if "".join(said[start:]) != address:
                said.append(f" ({address})")
        elif token.type in ("softbreak", "hardbreak"):
            said.append("\n")
        elif token.type == "image":
            said.append(f"{token.content} ({token.attrs.get('src', '')})".strip())
        else:
            said.append(token.content)
    return "".join(said)
