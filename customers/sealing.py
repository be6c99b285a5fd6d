"""Secrets that must be used, and so cannot be hashed, are stored sealed: encrypted with a key of
the server's own that no copy of the database holds.

The keys are made (HKDF-SHA256) of settings.SEALING_KEYS. The first one seals, all of them open, so
that a key is changed and nothing lost: put the new one first, restart every process, run
`manage.py reseal`, drop the old one.
Sealed values are Fernet tokens: AES-128-CBC with HMAC-SHA256 and a random start.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _

_PURPOSE = b"tierdesk.sealing.1"


class Unreadable(Exception):
    """A sealed value that none of the keys opens; the text says why and what to do."""

    def __str__(self) -> str:
        return _(
            "A secret stored here cannot be opened: the server's keys were changed. Make a new "
            "one, or have the operator put the earlier key back into SEALING_KEYS."
        )


@dataclass(frozen=True, repr=False)
class Sealed:
    """A secret as it is stored; false when there is none. Nothing prints what is inside."""

    token: str = ""

    @classmethod
    def of(cls, text: str) -> Sealed:
        """`text` sealed; of "" nothing is."""
        return cls(_keys().encrypt(text.encode()).decode()) if text else cls()

    def open(self) -> str:
        """What was sealed, "" for nothing. Raises Unreadable."""
        return self._by(_keys().decrypt).decode() if self.token else ""

    @property
    def problem(self) -> str:
        """Why it cannot be opened; "" when it can, or when there is none."""
        try:
            self.open()
        except Unreadable as error:
            return str(error)
        return ""

    @property
    def is_fresh(self) -> bool:
        """Sealed with the first key. Raises Unreadable for what none opens."""
        if not self.token:
            return True
        try:
            _fernets()[0].decrypt(self.token.encode())
        except InvalidToken:
            self.open()
            return False
        return True

    def renewed(self) -> Sealed:
        """The same, sealed with the first key. Raises Unreadable."""
        return Sealed(self._by(_keys().rotate).decode()) if self.token else self

    def _by(self, act: Callable[[bytes], bytes]) -> bytes:
        try:
            return act(self.token.encode())
        except InvalidToken:
            raise Unreadable from None

    def __bool__(self) -> bool:
        return bool(self.token)

    def __repr__(self) -> str:
        return "…" if self.token else ""


class SealedField(models.TextField):  # type: ignore[type-arg]
    """A column of sealed text; its values are `Sealed`, and no text is taken for one.

    Rows are read whether or not the value can be opened. Fixtures hold what the column holds.
    """

    description = "sealed text"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"editable": False, "blank": True, "default": Sealed}
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for each in ("editable", "blank", "default"):
            kwargs.pop(each, None)
        return name, path, args, kwargs

    def from_db_value(self, value: str, *_more: Any) -> Sealed:
        return Sealed(value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, Sealed) else Sealed(value or "")

    def get_prep_value(self, value: Any) -> str:
        if not isinstance(value, Sealed):
            raise TypeError(f"{self.name} takes Sealed values")
        return value.token

    def value_to_string(self, obj: models.Model) -> str:
        return self.get_prep_value(self.value_from_object(obj))


def _keys() -> MultiFernet:
    return MultiFernet(_fernets())


def _fernets() -> tuple[Fernet, ...]:
    return _made(tuple(settings.SEALING_KEYS))


@lru_cache(maxsize=4)
def _made(secrets: tuple[str, ...]) -> tuple[Fernet, ...]:
    return tuple(Fernet(_key(each)) for each in secrets)


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
