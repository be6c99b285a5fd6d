"""Nothing is done to a page that is still arriving.

Playwright waits for a thing to be there before it acts on it. On a page that has begun to arrive
the thing may be there before the scripts that answer it, and what asks how many there are does not
wait at all. Here whatever acts or asks waits for the whole page first, by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import pytest
from playwright.sync_api import Locator, Page

ON_LOCATORS = (
    *("all", "all_inner_texts", "all_text_contents", "bounding_box", "check", "clear", "click"),
    *("count", "dblclick", "drag_to", "evaluate", "evaluate_all", "fill", "focus", "get_attribute"),
    *("hover", "inner_html", "inner_text", "input_value", "is_checked", "is_enabled", "is_hidden"),
    *("is_visible", "press", "press_sequentially", "select_option", "set_checked"),
    *("set_input_files", "text_content", "uncheck"),
)
ON_PAGES = ("content", "evaluate", "screenshot", "set_viewport_size", "title")


def be_patient(patch: pytest.MonkeyPatch) -> None:
    """Let all that acts on pages wait, until `patch` is undone."""
    for name in ON_LOCATORS:
        patch.setattr(Locator, name, _waiting(getattr(Locator, name), lambda found: found.page))
    for name in ON_PAGES:
        patch.setattr(Page, name, _waiting(getattr(Page, name), lambda page: page))


def _waiting(act: Callable[..., Any], page_of: Callable[[Any], Page]) -> Callable[..., Any]:
    @wraps(act)
    def acting(self: Any, *args: Any, **kwargs: Any) -> Any:
        page_of(self).wait_for_load_state()
        return act(self, *args, **kwargs)

    return acting
