"""docs/webhooks.md, for those who write a receiver; `manage.py write_docs` writes it."""

from __future__ import annotations

import inspect
import json
from datetime import timedelta
from typing import Any

from customers import webhook_verifying, webhooks

from ..notifications.event_types import NOUNS, WORDS, event_types

EXAMPLE: dict[str, Any] = {
    "type": "order.approved",
    "timestamp": "2026-03-02T09:41:07.215Z",
    "data": {
        "id": "PR-6293-0525-9583-001",
        "type": "purchase",
        "state": "approved",
        "previous_state": "pending",
        "reason": None,
        "account": {"id": "TA-1245-6641-5253", "name": "Kirlin Logistik GmbH"},
        "product": {"id": "PRD-610-205-146", "name": "Archive Vault"},
        "subscription": {"id": "AS-6293-0525-9583"},
        "link": "https://portal.example.com/vendor/orders/PR-6293-0525-9583-001/",
    },
}

TEXT = """# Webhooks

Administrators of a partner name addresses of their own systems under Settings › Webhooks. Each is
sent a message by POST when something happens to what the partner sees in its portal, and only
then: what is told, and of whom, is decided by the same rules as the pages. Messages follow
[Standard Webhooks](https://www.standardwebhooks.com/); the libraries of that standard check them.

These webhooks tell. Those of a product, which vendors set up under Products, are asked before a
request goes on; they are something else.

## A message

```json
{example}
```

`state` is the one that was reached, `previous_state` and `reason` may be null. `account` is null
when the partner may not open the account. Configurations have a `tier`, their requests `tier` and
`configuration`, accounts `name` and no `account`. Further fields may come at any time; none goes.
Everything else is read in the portal, at `link`.

A draft is told to whoever began it, and to nobody else. What an import writes and asks is told
account by account too, a little after it; accounts that vanish because it is undone are not.

## Headers

| Header | What it holds |
| --- | --- |
| `webhook-id` | The same in every try, also by hand: leave out what you had already. |
| `webhook-timestamp` | Time of this try in seconds. Refuse what is older than five minutes. |
| `webhook-signature` | `v1,` and a signature; for a day after a new secret, two of them. |

## Is it ours?

Check the bytes as they came, before anything reads them as JSON. `secret` is what was shown once,
`whsec_…`.

```python
{code}```

## Answers and tries

Any status from 200 to 299 within {timeout} seconds (`WEBHOOK_TIMEOUT`) means that it arrived; the
body is not read. Everything else is a failure, redirects too, which are not followed. It is tried
at once and then after {pauses}, each up to a fifth later; after that it counts as failed and can
be sent again by hand, one by one or all since a day.

- The order is not promised: look at `timestamp`, or read the present state.
- At most {at_once} messages are under way to one address at once, one while it fails.
- `410` switches the webhook off at once; so do {days} days without one success. Its
  administrators are mailed. What happens while it is off makes no message.
- Addresses begin with https://; private ones are refused unless `WEBHOOK_ALLOW_PRIVATE` is set.
- Messages and tries stay in the log for 30 days (`WEBHOOK_LOG_DAYS` in the settings).

## Types

{types}

`webhook.test` is sent by the button "Send a test", about nothing.
"""


def text() -> str:
    return TEXT.format(
        example=json.dumps(EXAMPLE, indent=2),
        code=inspect.getsource(webhook_verifying).partition('"""\n\n')[2],
        timeout=5,
        pauses=", ".join(_words(pause) for pause in webhooks.SCHEDULE[1:]),
        at_once=webhooks.PER_ENDPOINT,
        days=webhooks.STOP_AFTER.days,
        types=_types(),
    )


def _words(pause: timedelta) -> str:
    seconds = int(pause.total_seconds())
    for unit, size in (("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{seconds // size} {unit}"
    return f"{seconds} s"


def _types() -> str:
    parts: dict[str, list[str]] = {noun: [] for noun, _label in NOUNS.values()}
    for name in event_types():
        noun, word = name.split(".")
        parts[noun].append(f"| `{name}` | {WORDS[word]} |")
    labels = dict(NOUNS.values())
    return "\n\n".join(
        "\n".join([f"### {labels[noun]}", "", "| Type | What happened |", "| --- | --- |", *rows])
        for noun, rows in parts.items()
    )
