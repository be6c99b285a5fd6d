"""All rows that hold something sealed: what a change of keys, and migrations, walk over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.db import models, transaction

from ..sealing import Sealed, SealedField, Unreadable

#: What second factors keep secret, by its name in their JSON: a text, or a list of texts.
FACTOR = ("secret", "seed", "migrated_codes")
Step = Callable[[Sealed], Sealed]


@dataclass
class Tally:
    """How many rows have changed, and `model id` of those that no key opens."""

    changed: int = 0
    unreadable: list[str] = field(default_factory=list)


def change_all(step: Step) -> Tally:
    """Put everything sealed through `step`, row by row; a row that cannot be opened stays."""
    tally = Tally()
    for model, names in columns():
        change_columns(model, names, step, tally)
    change_factors(apps.get_model("mfa", "Authenticator"), step, tally)
    return tally


def columns() -> Iterator[tuple[type[models.Model], list[str]]]:
    """Models with sealed columns, and the names of these."""
    for model in apps.get_models():
        if names := [each.name for each in model._meta.fields if isinstance(each, SealedField)]:
            yield model, names


def change_columns(model: Any, names: list[str], step: Step, tally: Tally) -> None:
    """What somebody else writes meanwhile is left as it was written."""
    rows = model._default_manager.order_by("pk")
    for pk in list(rows.values_list("pk", flat=True)):
        for kept in rows.filter(pk=pk).values(*names):
            try:
                changed = {name: step(value) for name, value in kept.items()}
            except Unreadable:
                tally.unreadable.append(f"{model._meta.model_name} {pk}")
                continue
            if changed != kept:
                tally.changed += rows.filter(pk=pk, **kept).update(**changed)


def change_factors(model: Any, step: Step, tally: Tally) -> None:
    """The same for second factors, whose rows are held meanwhile: each use changes them."""
    for pk in list(model.objects.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            for row in model.objects.select_for_update(of=("self",)).filter(pk=pk):
                try:
                    changed = {
                        name: _stepped(value, step) if name in FACTOR else value
                        for name, value in row.data.items()
                    }
                except Unreadable:
                    tally.unreadable.append(f"{model._meta.model_name} {pk}")
                    continue
                if changed != row.data:
                    tally.changed += model.objects.filter(pk=pk).update(data=changed)


def _stepped(value: Any, step: Step) -> Any:
    if isinstance(value, list):
        return [_stepped(each, step) for each in value]
    return step(Sealed(value)).token
