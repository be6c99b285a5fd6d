"""Conversations: asked for by their own id or by that of the object they are about.

They are nobody's to make, to close or to delete; messages are added and never changed.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from customers.models import Conversation, Note
from customers.services.conversations import open_conversations, subjects_of
from customers.services.notes import add_note, kinds

from .. import lists
from ..errors import NotFound
from ..shaping import Rendering
from ..views import ApiView, DetailView, ListView, readable
from .bodies import MessageBody
from .filters import ConversationFilters, of_messages
from .shapes import ConversationRendering, MessageShape, ThreadRendering, messages_of, shown

#: Ids of objects within a query.
_IDS = re.compile(r"[A-Z]{2,4}(?:-\d+)+", re.ASCII)


class Conversations(ListView):
    """Those with a message, or that somebody asked for; asking by instance_id is enough."""

    module = "conversations"
    model = Conversation
    filters = ConversationFilters
    rendering = ConversationRendering

    def rows(self) -> QuerySet[Any]:
        named = set(_IDS.findall(unquote(self.request.META.get("QUERY_STRING", ""))))
        open_conversations(named, actor=self.actor)
        return super().rows()


class Threads(ApiView):
    """Views about one conversation."""

    module = "conversations"
    model = Conversation

    def object(self, **ids: str) -> Any:
        pk = readable(ids["pk"])
        if not pk.startswith("CO-"):
            open_conversations([pk], actor=self.actor)
            found = Conversation.objects.visible_to(self.actor).filter(object_id=pk).first()
            if found is None:
                raise NotFound(pk)
            return found
        return self.visible(Conversation, pk)

    def subject(self, conversation: Conversation) -> Any:
        found = subjects_of([conversation], actor=self.actor).get(conversation.object_id)
        if found is None:
            raise NotFound(conversation.pk)
        return found


class ConversationDetail(Threads, DetailView):
    """One conversation with its messages."""

    rendering = ThreadRendering


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
        conversation = self.object(**ids)
        query, narrowing = self.query(), of_messages()
        made = messages_of(conversation, self.subject(conversation), self.actor)
        found = narrowing.apply(query, made)
        branches = MessageRendering.selecting(query.selected)
        pruned = [branches.prune(each) for each in found]
        return lists.plain(pruned, query, narrowing.unknown)

    def post(self, request: Request, **ids: str) -> Response:
        """Write a message, for everybody who sees the object or for colleagues only."""
        conversation = self.object(**ids)
        obj = self.subject(conversation)
        sent = self.sent()
        offered = kinds(obj, self.actor)
        usual = Note.Kind.MESSAGE.value if Note.Kind.MESSAGE in offered else Note.Kind.PRIVATE.value
        note = add_note(obj, actor=self.actor, text=sent["text"], kind=sent.get("type") or usual)
        return Response(shown(conversation, [note], self.actor)[0], status=201)


class MessageDetail(Threads):
    """One message; nobody changes what was said."""

    shape = MessageShape

    def get(self, request: Request, **ids: str) -> Response:
        conversation = self.object(**ids)
        for each in messages_of(conversation, self.subject(conversation), self.actor):
            if each["id"] == ids["message"]:
                return Response(each)
        raise NotFound(ids["message"])
