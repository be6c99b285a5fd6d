"""Steps for chosen rows that queues of orders and of configuration requests offer a vendor."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy

from ..parts import Bulk
from ..processing.assigning import TAKE

GIVE = (TAKE, Bulk("assign", gettext_lazy("Assign")))
DECIDE = (
    Bulk("fail", gettext_lazy("Reject"), "danger"),
    Bulk("approve", gettext_lazy("Approve"), "primary"),
)


def offered(steps: tuple[Bulk, ...], tab: Any) -> tuple[Bulk, ...]:
    """With `steps` those that decide, where rows wait for the vendor."""
    return (*steps, *DECIDE) if steps and tab.name == "mine" else steps
