"""Conversations and messages as the API shows them (domain 2.18)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from types import SimpleNamespace
from typing import Any, NotRequired, TypedDict

from django.utils.text import capfirst

from customers.actors import Actor
from customers.models import Note
from customers.models.notes import SUBJECTS
from customers.services.conversations import Conversation, sides_of, subject_of

from ... import history, reasons
from ...sentences import sentence
from ..happenings import Happenings
from ..shaping import Happening, Ref, Rendering, ref, stamp

#: Of these objects the thread is notes rather than a conversation (domain 7.36).
NOTES = ("tierconfigrequest", "tieraccount")


class ConversationShape(TypedDict):
    """Nothing is ever closed. `creator` is who made the object, as far as the reader may know."""

    id: str
    instance_id: str
    topic: str
    type: str
    status: str
    accounts: list[Ref]
    creator: NotRequired[Ref]
    created: str
    events: dict[str, Happening]


class MessageShape(TypedDict):
    """`state_change` says what happened. What the platform did by itself has no creator."""

    id: str
    conversation: str
    type: str
    text: str
    account: NotRequired[Ref]
    creator: NotRequired[Ref]
    created: str
    events: dict[str, Happening]


class ConversationWithMessagesShape(ConversationShape):
    """The oldest message first."""

    messages: list[MessageShape]


class ConversationRendering(Rendering[Any]):
    """Shows conversations that the actor sees, which are no rows."""

    shape = ConversationShape

    def prepare(self, objects: Sequence[Conversation]) -> None:
        self.sides = sides_of(objects)
        self.subjects = {
            each.pk: SimpleNamespace(
                pk=each.object_id, created_at=each.created_at, updated_at=each.updated_at
            )
            for each in objects
        }
        self.happenings = Happenings(list(self.subjects.values()), self.actor)

    def one(self, conversation: Conversation) -> dict[str, Any]:
        kind = conversation.object_type
        name = capfirst(SUBJECTS[kind].model._meta.verbose_name)
        created = self.happenings.of(self.subjects[conversation.pk])["created"]
        found: dict[str, Any] = {
            "id": conversation.pk,
            "instance_id": conversation.object_id,
            "topic": f"{name} {conversation.object_id}",
            "type": "notes" if kind in NOTES else "conversation",
            "status": "open",
            "accounts": self._accounts(conversation),
        }
        if "by" in created:
            found["creator"] = created["by"]
        return {**found, "created": created["at"], "events": {"created": created}}

    def _accounts(self, conversation: Conversation) -> list[Ref]:
        """Whose people write there: the reader's, the distributor's, and the vendor's."""
        others = (conversation.provider_id, conversation.vendor_id)
        sides = [self.actor.partner, *(self.sides.get(pk or "") for pk in others)]
        return list({side.pk: ref(side) for side in sides if side is not None}.values())


class ThreadRendering(ConversationRendering):
    """With all messages; for one conversation at a time."""

    shape = ConversationWithMessagesShape

    def one(self, conversation: Conversation) -> dict[str, Any]:
        found = super().one(conversation)
        if self.branches.wants("messages"):
            obj = subject_of(conversation, actor=self.actor)
            found["messages"] = messages_of(conversation, obj, self.actor) if obj else []
        return found


#: Messages of one thread that are read at most, the latest of either kind.
MOST = 1_000


def messages_of(conversation: Conversation, obj: Any, actor: Actor) -> list[dict[str, Any]]:
    """What was said about `obj`, which the actor sees, and what happened to it; oldest first."""
    about = {"about": [obj.pk], "kinds": [conversation.object_type]}
    notes = Note.objects.visible_to(actor, **about).select_related("partner")
    rows: list[Any] = [
        *history.events_of(obj, limit=MOST),
        *notes.order_by("-at", "-pk")[:MOST],
    ]
    rows.sort(key=lambda row: (row.at, row.pk))
    return shown(conversation, rows, actor)


def shown(conversation: Conversation, rows: Iterable[Any], actor: Actor) -> list[dict[str, Any]]:
    """Events and notes of its thread as messages; two queries at most."""
    told = history.told(rows, actor)
    happenings = Happenings.of_rows(told, actor)
    return [_message(conversation, row, happenings) for row in told]


def _message(conversation: Conversation, row: Any, happenings: Happenings) -> dict[str, Any]:
    said = isinstance(row, Note)
    created: Happening = {"at": stamp(row.at)}
    found: dict[str, Any] = {
        "id": message_id(row),
        "conversation": conversation.pk,
        "type": row.kind if said else "state_change",
        "text": row.text if said else _sentence(row, happenings.actor),
        "created": created["at"],
    }
    if company := happenings.company(row):
        found["account"] = company
    if by := happenings.by(row):
        found["creator"] = created["by"] = by
    return {**found, "events": {"created": created, "updated": created}}


def message_id(row: Any) -> str:
    """Made of the row's own id, so that it is the same every time; unlike in one thread."""
    number = f"{row.pk.int % 10**9:09d}"
    return f"ME-{number[:3]}-{number[3:6]}-{number[6:]}"


def _sentence(event: Any, actor: Actor) -> str:
    reason = reasons.given(event, actor.role)
    text = capfirst(sentence(event))
    return f"{text}: {reason}" if reason else text
