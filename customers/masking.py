"""What no log may show."""

from __future__ import annotations

import re

# A path segment of 22 base64url characters is the code of an inquiry link: who reads it may answer.
# The API takes it in the query.
CODE = re.compile(r"(?:(?<=/)|(?<=[?&]code=))[A-Za-z0-9_-]{22}(?![A-Za-z0-9_-])")
# The secret of a key behind its id, also percent-encoded, wherever somebody put it.
SECRET_OF_KEY = re.compile(r"(SU-\d{3}-\d{3}-\d{3})(:|%3A)[^\s\"'&,;]+", re.ASCII | re.IGNORECASE)


def masked(text: str) -> str:
    """`text` with inquiry codes in addresses and secrets of keys replaced by an ellipsis."""
    if "SU-" in text or "su-" in text:
        text = SECRET_OF_KEY.sub(r"\1\2…", text)
    return CODE.sub("…", text)
