"""Conversations: asked for by their own id or by that of the object they are about.

They are nobody's to make, to close or to delete; messages are added and never changed.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Note
from customers.models.notes import SUBJECTS
from customers.services.conversations import (
    Conversation,
    conversation,
    page,
    subject_of,
    visible,
)
from customers.services.notes import add_note, kinds

from ... import statements
from .. import lists
from ..errors import NotFound
from ..query import Query
from ..shaping import Rendering
from ..views import ApiView, readable, selected
from .bodies import MessageBody
from .filters import ConversationFilters, of_messages, of_subject
from .shapes import ConversationRendering, MessageShape, ThreadRendering, messages_of, shown


class Conversations(ApiView):
    """Those of all objects the key may see, found by their own ids or by those of the objects."""

    module = "conversations"
    listing = True
    filters = ConversationFilters
    rendering = ConversationRendering

    def get(self, request: Request) -> Response:
        query, unknown, found = self.query(), [], {}
        for name in SUBJECTS:
            narrowing = of_subject(name).over(visible(name, self.actor))
            narrowing.actor = self.actor
            found[name] = narrowing.apply(query)
            unknown = narrowing.unknown
        return self._answer(query, found, unknown)

    def _answer(
        self, query: Query, found: dict[str, QuerySet[Any]], unknown: list[str]
    ) -> Response:
        rendering = self.rendering(self.actor, self.rendering.selecting(query.selected))
        counts = statements.run_counts(statements.build_counts([*found.values()]))
        limit, offset = lists.window(query)
        objects: list[Any] = []
        if limit and offset < sum(counts):
            # Ordered alike, by their only name for it.
            first, *_others = next(iter(found.values())).query.order_by or ("",)
            some = {name: rows for (name, rows), n in zip(found.items(), counts, strict=True) if n}
            threads = page(some, limit=limit, offset=offset, oldest_first=first == "created_at")
            objects = rendering.all(threads)
        headers = lists.headers(offset, len(objects), sum(counts), unknown)
        return Response(objects, headers=headers)


class Threads(ApiView):
    """Views about one conversation, named by its own id or by that of its object."""

    module = "conversations"

    def object(self, pk: str) -> Conversation:
        found = conversation(readable(pk), actor=self.actor)
        if found is None:
            raise NotFound(pk)
        return found

    def subject(self, found: Conversation) -> Any:
        obj = subject_of(found, actor=self.actor)
        if obj is None:
            raise NotFound(found.pk)
        return obj


class ConversationDetail(Threads):
    """One conversation with its messages."""

    rendering = ThreadRendering

    def get(self, request: Request, pk: str) -> Response:
        branches = self.rendering.selecting(selected(self.query()))
        return Response(self.rendering(self.actor, branches).alone(self.object(pk)))


class MessageRendering(Rendering[Note]):
    """Only for what select() names; messages are made by `messages_of`."""

    shape = MessageShape


class Messages(Threads):
    """The messages of a conversation, the oldest first."""

    body = MessageBody
    shape = MessageShape
    listing = True
    fields = {"kind": "type"}

    def get(self, request: Request, **ids: str) -> Response:
        about = self.object(ids["pk"])
        query, narrowing = self.query(), of_messages()
        made = messages_of(about, self.subject(about), self.actor)
        found = narrowing.apply(query, made)
        branches = MessageRendering.selecting(query.selected)
        pruned = [branches.prune(each) for each in found]
        return lists.plain(pruned, query, narrowing.unknown)

    def post(self, request: Request, **ids: str) -> Response:
        """Write a message, for everybody who sees the object or for colleagues only."""
        about = self.object(ids["pk"])
        obj = self.subject(about)
        sent = self.sent()
        offered = kinds(obj, self.actor)
        usual = Note.Kind.MESSAGE.value if Note.Kind.MESSAGE in offered else Note.Kind.PRIVATE.value
        note = add_note(obj, actor=self.actor, text=sent["text"], kind=sent.get("type") or usual)
        return Response(shown(about, [note], self.actor)[0], status=201)


class MessageDetail(Threads):
    """One message; nobody changes what was said."""

    shape = MessageShape

    def get(self, request: Request, **ids: str) -> Response:
        about = self.object(ids["pk"])
        for each in messages_of(about, self.subject(about), self.actor):
            if each["id"] == ids["message"]:
                return Response(each)
        raise NotFound(ids["message"])
