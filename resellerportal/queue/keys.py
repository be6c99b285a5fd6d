"""Keys of buttons: the same step has the same key everywhere."""

from __future__ import annotations

from dataclasses import replace

from ..parts import Action

#: Last part of the address of a step's page -> its key.
KEYS = {
    "approve": "a",
    "accept": "a",
    "answer": "a",
    "fail": "r",
    "ignore": "r",
    "inquire": "i",
    "edit": "e",
    "values": "e",
    "update": "e",
}


def keyed(action: Action) -> Action:
    """The button with the key of its step, if the step has one."""
    step = action.url.partition("?")[0].rstrip("/").rpartition("/")[2]
    return action if action.key or step not in KEYS else replace(action, key=KEYS[step])
