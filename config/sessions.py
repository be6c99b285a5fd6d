"""Sessions as rows of the database, of which a copy of the database opens none.

A row stands under a hash of the key that the browser has (random, so no salt is needed), and what
a session holds is sealed: a second factor that is being set up is among it.
"""

import hashlib
from typing import Any

from asgiref.sync import sync_to_async
from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

from customers.sealing import Sealed, Unreadable


def stored(session_key: str) -> str:
    """What the row of a session is called: 160 bits in hexadecimal, as many as its column takes."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:40]


class SessionStore(db.SessionStore):
    """A session whose seal no key opens is an empty one."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        return Sealed.of(super().encode(session_dict)).token

    def decode(self, session_data: str | bytes) -> dict[str, Any]:
        try:
            return super().decode(Sealed(str(session_data)).open())
        except Unreadable:
            return {}

    def exists(self, session_key: str) -> bool:
        return super().exists(stored(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        made = super().create_model_instance(data)
        made.session_key = stored(made.session_key)
        return made

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(stored(key))

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        rows = self.model.objects.filter(expire_date__gt=timezone.now())
        found = rows.filter(session_key=stored(self.session_key or "")).first()
        if found is None:
            self._session_key = None
        return found

    async def aexists(self, session_key: str) -> bool:
        return await sync_to_async(self.exists)(session_key)

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        return await sync_to_async(self.create_model_instance)(data)

    async def adelete(self, session_key: str | None = None) -> None:
        await sync_to_async(self.delete)(session_key)

    async def _aget_session_from_db(self) -> AbstractBaseSession | None:
        return await sync_to_async(self._get_session_from_db)()
