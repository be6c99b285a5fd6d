"""What a mail is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Message:
    """One mail to one address; `template` is emails/<template>.txt and .html."""

    recipient: str
    template: str
    subject: str
    context: dict[str, Any] = field(default_factory=dict)
