"""What operations answer beside what was asked for: refusals, and the headers of all answers.

Each refusal is one component of the document, and stands at exactly the operations that give it.
"""

from __future__ import annotations

from typing import Any, Final

from ..errors import WRONG_STATE
from ..idempotency import HEADER, REPLAYED
from ..lists import IGNORED

BODIES = ("POST", "PUT")
WRITES = (*BODIES, "DELETE")
#: Status -> the name of the component and what it says.
REFUSALS: Final[dict[int, tuple[str, str]]] = {
    400: (
        "BadRequest",
        "The query or the body cannot be read or is not right, or the object is in a state this "
        f"is not for (codes {', '.join(sorted(WRONG_STATE.values()))}). A sentence about a field "
        "begins with its path.",
    ),
    401: ("Unauthorized", "The key is missing or not valid."),
    403: ("Forbidden", "The key, or the role of its company, has no right to do this."),
    404: ("NotFound", "Not there, or not to be seen by the company of the key."),
    409: (
        "Conflict",
        "Another one has this external id (params names it), or the first request with this "
        f"{HEADER} is under way.",
    ),
    411: ("LengthRequired", "A body without Content-Length."),
    413: ("PayloadTooLarge", "The body is too large."),
    415: ("UnsupportedMediaType", "The body is packed, or of a type that is not read here."),
    422: ("KeyReused", f"This {HEADER} was used for another request."),
    429: ("TooManyRequests", "The calls of this minute are used up."),
    503: ("Busy", "Somebody else is at work on this at the moment: try again."),
}
HEADERS: Final[dict[str, str]] = {
    "Content-Range": "`items FIRST-LAST/TOTAL`.",
    IGNORED: "Names of filters of the query that this list does not have.",
    "RateLimit-Limit": "Calls a key has in a minute.",
    "RateLimit-Remaining": "Calls it has left in this one.",
    "RateLimit-Reset": "Seconds until the next one.",
    "Retry-After": "Seconds to wait.",
    "WWW-Authenticate": "`ApiKey`.",
    "X-Request-ID": "Names the call, in our logs as well; the caller's own, if it sent one.",
    REPLAYED: "`true` on an answer that was given before.",
}
#: Headers that an answer of this kind always has; the rest are there when they mean something.
ALWAYS: Final = ("Content-Range", "X-Request-ID", "Retry-After", "WWW-Authenticate")
NUMBERS: Final = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "Retry-After")
LIMITS: Final = NUMBERS[:3]
#: Headers of refusals beside the name of the call.
OF_REFUSALS: Final[dict[int, tuple[str, ...]]] = {
    401: ("WWW-Authenticate",),
    429: (*LIMITS, "Retry-After"),
    503: (*LIMITS, "Retry-After"),
}
KEY_OF_POST: Final[dict[str, Any]] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "Any name for this request: sent again with it within a day, it is not done "
    "again but answered as it was.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}


def refusals(view: Any, method: str, *, of_object: bool, reads_body: bool) -> list[int]:
    """Statuses, ascending, of the refusals of one operation.

    `of_object` says that its address names an object, `reads_body` that it takes a body.
    """
    found = {401, 403, 429, 503, *view.refuses.get(method, ())}
    if method in WRITES or _reads_query(getattr(view, method.lower())):
        found.add(400)
    if of_object or method == "POST":
        # What a repeated POST told of may be gone.
        found.add(404)
    if method in BODIES:
        found |= {411, 413}
    if reads_body:
        found.add(415)
    if method == "POST":
        found.add(422)
    if method == "POST" and view.asks_outside:
        found.add(409)
    return sorted(found)


def _reads_query(handler: Any) -> bool:
    """Whether a GET looks at the query: lists do, and where `select` trims what is shown."""
    return bool({"query", "shown"} & set(handler.__code__.co_names))


def headers_of_success(method: str, *, listing: bool) -> list[str]:
    found = ["X-Request-ID", *LIMITS]
    if listing:
        found += ["Content-Range", IGNORED]
    if method == "POST":
        found.append(REPLAYED)
    return found


def reference(status: int) -> dict[str, Any]:
    return {"$ref": f"#/components/responses/{REFUSALS[status][0]}"}


def referring(names: list[str]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in sorted(names)}


def components(error: dict[str, Any]) -> dict[str, Any]:
    """The components `responses` and `headers`; `error` is the schema of all refusals."""
    content = {"application/json": {"schema": error}}
    return {
        "responses": {
            name: {
                "description": text,
                "headers": referring(["X-Request-ID", *OF_REFUSALS.get(status, LIMITS)]),
                "content": content,
            }
            for status, (name, text) in REFUSALS.items()
        },
        "headers": {
            name: {
                "description": text,
                "required": name in ALWAYS,
                "schema": {"type": "integer" if name in NUMBERS else "string"},
            }
            for name, text in HEADERS.items()
        },
    }
