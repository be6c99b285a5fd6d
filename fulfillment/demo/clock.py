"""A month in seconds: stories run one step at a time in the order of an invented calendar.

The services stamp what they write with the present time. The agenda notes when each step really
ran and when it is meant to have run; `Agenda.shift()` then moves every stamp. Because steps run
in calendar order, what happened first also carries the earlier stamp.
"""

from __future__ import annotations

import heapq
import random
from bisect import bisect_right
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import Any

from django.apps import apps
from django.db import models
from django.utils import timezone

#: Yields the time until its next step.
Story = Generator[timedelta, None, Any]

APPS = ("customers", "tierconfig", "fulfillment")


class Agenda:
    """Runs stories side by side; no step lies after `end`."""

    def __init__(self, rng: random.Random, end: datetime) -> None:
        self.rng = rng
        self.end = end
        self._queue: list[tuple[datetime, int, Story]] = []
        self._count = 0
        self._real: list[datetime] = []
        self._meant: list[datetime] = []

    def add(self, days_ago: float, story: Story) -> None:
        self._push(self.end - timedelta(days=days_ago), story)

    def run(self) -> None:
        """Play all stories to their end; one that would run late hurries up."""
        while self._queue:
            at, _number, story = heapq.heappop(self._queue)
            self._real.append(timezone.now())
            self._meant.append(at)
            wait = next(story, None)
            if wait is not None:
                rest = self.end - at
                soon = rest * self.rng.uniform(0.1, 0.4)
                self._push(at + (wait if wait < rest else soon), story)
        self._real.append(timezone.now())
        self._meant.append(self.end)

    def shift(self) -> None:
        """Move every stamp that was written since the first step to its place in the calendar."""
        for label in APPS:
            for model in apps.get_app_config(label).get_models():
                self._shift_model(model)

    def meant(self, real: datetime) -> datetime:
        """The calendar time of a real one; what lies before the first step, or is planned for
        later than the last, stays."""
        index = bisect_right(self._real, real) - 1
        if index < 0 or real > self._real[-1] + timedelta(hours=1):
            return real
        moved = self._meant[index] + (real - self._real[index])
        following = self._meant[index + 1] if index + 1 < len(self._meant) else self.end
        return min(moved, following)

    def _shift_model(self, model: type[models.Model]) -> None:
        names = [
            field.name
            for field in model._meta.concrete_fields
            if isinstance(field, models.DateTimeField)
        ]
        if not names or not self._real:
            return
        moved = []
        begun = models.Q(*((f"{name}__gte", self._real[0]) for name in names), _connector="OR")
        for row in model._base_manager.filter(begun).only("pk", *names):
            for name in names:
                stamp = getattr(row, name)
                if stamp is not None:
                    setattr(row, name, self.meant(stamp))
            moved.append(row)
        # Few rows per statement: a CASE grows with the square of what it holds.
        model._base_manager.bulk_update(moved, names, batch_size=100)

    def _push(self, at: datetime, story: Story) -> None:
        self._count += 1
        heapq.heappush(self._queue, (at, self._count, story))


def hours(rng: random.Random, low: float, high: float) -> timedelta:
    return timedelta(hours=rng.uniform(low, high))
