"""Reads a recorded object and remembers which of its values found a place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class Record:
    """One JSON file. Paths are dotted, list places are numbers: `tiers.tier1.name`, `0.id`."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.data = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
        self.taken: set[str] = set()

    def take(self, path: str, default: Any = None) -> Any:
        """The value at `path`, noted as placed; `default` when the record has none."""
        value = self.look(path)
        self.taken.add(path)
        self.taken.update(f"{path}.{leaf}" for leaf, _value in _leaves(value))
        return default if value is None else value

    def look(self, path: str) -> Any:
        """The value at `path` without noting it, None when there is none."""
        value = self.data
        for key in path.split("."):
            if isinstance(value, list):
                value = value[int(key)] if int(key) < len(value) else None
            else:
                value = value.get(key) if isinstance(value, dict) else None
        return value

    def time(self, path: str) -> datetime:
        return datetime.fromisoformat(self.take(path))

    def has(self, path: str) -> bool:
        return self.look(path) is not None

    def leaves(self) -> dict[str, Any]:
        return dict(_leaves(self.data))

    def left(self) -> list[str]:
        """Paths of values that found no place."""
        return [path for path in self.leaves() if path not in self.taken]


def _leaves(value: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict | list) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, part in pairs:
            yield from _leaves(part, f"{prefix}.{key}" if prefix else str(key))
    elif prefix:
        yield prefix, value
