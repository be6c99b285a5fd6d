"""Bodies that the OpenAPI document describes, and hostile things to put at each place of them."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from resellerportal.api.documents.document import document
from tests.security.forms import MARKUP

#: Steps from a body to one of its values.
Path = tuple[str | int, ...]
MISSING = object()


#: Stands for a number that no float holds.
INFINITE = "@infinite@"

HOSTILE: dict[str, Any] = {
    "missing": MISSING,
    "null": None,
    "true": True,
    "empty": "",
    "blank": " \t\n",
    "list": ["one", "two"],
    "empty list": [],
    "lists": [[[]]],
    "nulls": [None, {"id": None}, 7],
    "dict": {"id": "x", "value": {"deep": [1]}},
    "empty dict": {},
    "minus": -1,
    "fraction": 0.5,
    "beyond bigint": 10**20,
    "hundred digits": 10**100,
    "infinite": INFINITE,
    "word for a number": "NaN",
    "Arabic digits": "٣",
    "long": "x" * 100_000,
    "long word": "y" * 300,
    "NUL": "a\0b",
    "NUL in a name": {"a\0b": 1},
    "surrogate": "\ud800",
    "markup": MARKUP,
    "template": "{{ 7|add:7 }}{% now 'Y' %}{value}%(x)s%s",
    "mail header": "a\r\nBcc: eve@evil.example\r\n\r\nb",
    "bidi": "\u202egnp.exe\u200b\ufeff",
    "deep": json.loads("[" * 40 + "]" * 40),
    "early": "0001-01-01T00:00:00+14:00",
    "late": "9999-12-31T23:59:59-12:00",
    "path": "../../etc/passwd",
    "SQL": "' OR 1=1; --",
    "like": "%_*\\",
    "pattern": "(a+)+$",
}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, path and operation of everything the document has."""
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            yield method.upper(), path, operation


def body_schema(operation: Mapping[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    return dict(content.get("application/json", {}).get("schema", {}))


def resolved(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Without references at its top."""
    for part in (schema, *schema.get("allOf", ()), *schema.get("oneOf", ())):
        if "$ref" in part:
            return dict(document()["components"]["schemas"][part["$ref"].rpartition("/")[2]])
    return dict(schema)


def example(schema: Mapping[str, Any], known: Mapping[str, Any], path: str = "") -> Any:
    """A body of the schema. `known` has values by the end of their dotted path, longest first."""
    fits = [end for end in known if path == end or path.endswith(f".{end}")]
    if fits:
        return copy.deepcopy(known[max(fits, key=len)])
    own = resolved(schema)
    if "enum" in own:
        return own["enum"][0]
    if own.get("type") == "object":
        return {
            name: example(inner, known, f"{path}.{name}")
            for name, inner in own.get("properties", {}).items()
            if not inner.get("readOnly")
        }
    if own.get("type") == "array":
        return [example(own.get("items", {}), known, path)]
    plain = {"integer": 1, "number": 1, "boolean": True}
    return plain.get(own.get("type", ""), "2027-01-01T00:00:00Z" if "format" in own else "word")


def places(body: Any, path: Path = ()) -> Iterator[Path]:
    """Each place of a body that has a value, the whole body first."""
    yield path
    pairs: Any = ()
    if isinstance(body, dict):
        pairs = body.items()
    elif isinstance(body, list):
        pairs = enumerate(body)
    for name, inner in pairs:
        yield from places(inner, (*path, name))


def changed(body: Any, path: Path, value: Any) -> Any:
    """A copy of the body with the value at the place; MISSING takes the place away."""
    if not path:
        return None if value is MISSING else copy.deepcopy(value)
    made = copy.deepcopy(body)
    at = made
    for name in path[:-1]:
        at = at[name]
    if value is MISSING:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return made


def written(body: Any) -> bytes:
    """As JSON, with a number in the place of INFINITE."""
    return json.dumps(body).replace(f'"{INFINITE}"', "1e400").encode()
