"""What decisions set going: requests they release or take along, told by one event instead of many.

Each of those is an event as if it stood alone; its `batch` says that it is told with the others.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext

from customers.actors import Actor
from customers.events import record, recorded
from customers.models import Event, Partner
from customers.services.verdicts import tell
from tierconfig.models import TierConfigRequest

from ..models import FulfillmentRequest

MODELS = {"fulfillmentrequest": FulfillmentRequest, "tierconfigrequest": TierConfigRequest}
RELEASE, CASCADE = "release", "cascade"


@contextmanager
def told_at_once() -> Iterator[None]:
    """Tell the vendor of all that is released inside, and each distributor of all that fails with
    it, by an event `partner.decisions`. The outermost block tells; an error tells nothing."""
    with recorded(str(uuid.uuid4())) as found:
        yield
    if found is None:
        return
    for model in MODELS:
        for step in (RELEASE, CASCADE):
            own = [each for each in found if each.verb == f"{model}.{step}"]
            if own:
                _tell(model, step, own)


def told_together(requests: Collection[object]) -> AbstractContextManager[None]:
    """The same for what happens to these; one alone is told alone."""
    return told_at_once() if len(requests) > 1 else nullcontext()


def _tell(model: str, step: str, events: Sequence[Event]) -> None:
    about = {"batch": events[0].data["batch"], "step": step, "about": model}
    keys = [each.object_id for each in events]
    requests = MODELS[model]._default_manager.filter(pk__in=keys).select_related("vendor")
    if step == CASCADE:
        tell("partner.decisions", requests, Actor.system(), **about)
        return
    by_vendor: dict[Partner, list[str]] = {}
    for request in requests:
        by_vendor.setdefault(request.vendor, []).append(request.pk)
    for vendor, released in by_vendor.items():
        data = {**about, "requests": released}
        record("partner.decisions", vendor, actor=Actor.system(), data=data)
