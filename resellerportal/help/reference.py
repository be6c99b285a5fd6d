"""The API's own description as values for pages: parts, operations, fields."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from customers.service_rights import MODULES

from ..api.documents.document import document
from .reference_samples import SAMPLES

METHODS = ("get", "post", "put", "delete")
DEEPEST = 3
REF = "#/components/schemas/"


@dataclass(frozen=True)
class Field:
    """A field of a body or an answer; `depth` is how far it is within others."""

    name: str
    kind: str
    depth: int = 0
    required: bool = False


@dataclass(frozen=True)
class Filter:
    name: str
    lookups: str


@dataclass(frozen=True)
class Operation:
    """`anchor` is its place on the page; `status` that of success, `refusals` of all else."""

    method: str
    path: str
    summary: str
    status: str
    anchor: str
    body: list[Field] = field(default_factory=list)
    answer: list[Field] = field(default_factory=list)
    many: bool = False
    markdown: bool = False
    filters: list[Filter] = field(default_factory=list)
    refusals: str = ""


@dataclass(frozen=True)
class Part:
    """What one right of keys opens."""

    name: str
    label: Any
    operations: list[Operation]


@cache
def parts() -> dict[str, Part]:
    """The whole reference, made once per process."""
    found: dict[str, list[Operation]] = {name: [] for name in MODULES}
    for path, item in document()["paths"].items():
        for method in METHODS:
            if method in item and item[method]["tags"][0] in found:
                operation = _operation(method, path, item[method])
                found[item[method]["tags"][0]].append(operation)
    return {
        name: Part(name, MODULES[name].label, operations)
        for name, operations in found.items()
        if operations
    }


def _operation(method: str, path: str, made: dict[str, Any]) -> Operation:
    status, answer = next(
        (code, each) for code, each in made["responses"].items() if code.startswith("2")
    )
    schema = _content(answer)
    many = schema.get("type") == "array"
    return Operation(
        method=method.upper(),
        path=path,
        summary=made.get("summary", ""),
        status=status,
        anchor=made["operationId"].replace("_", "-"),
        body=fields(_content(made.get("requestBody", {}))),
        answer=fields(schema["items"] if many else schema),
        many=many,
        markdown="text/markdown" in answer.get("content", {}),
        filters=[
            Filter(each["name"], each.get("description", ""))
            for each in made.get("parameters", ())
            if each["in"] == "query" and each["name"] not in ("limit", "offset")
        ],
        refusals=", ".join(each for each in made["responses"] if each >= "4"),
    )


def _content(message: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = message.get("content", {}).get("application/json", {}).get("schema", {})
    return found


def fields(schema: dict[str, Any], depth: int = 0) -> list[Field]:
    """The fields of a schema in their order, those within them right below."""
    whole = resolved(schema)
    found = []
    for name, inner in whole.get("properties", {}).items():
        found.append(Field(name, kind(inner), depth, name in whole.get("required", ())))
        if depth < DEEPEST:
            below = resolved(inner)
            found += fields(below.get("items", below), depth + 1)
    return found


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema itself where it is referred to."""
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return resolved(schema["allOf"][0])
    if "$ref" in schema:
        name = schema["$ref"].removeprefix(REF)
        found: dict[str, Any] = document()["components"]["schemas"].get(name, {})
        return found
    return schema


def kind(schema: dict[str, Any]) -> str:
    """What stands in a field, in a word or two."""
    whole = resolved(schema)
    if "enum" in whole:
        text = " | ".join(str(each) for each in whole["enum"])
    elif whole.get("type") == "array":
        text = f"list of {kind(whole.get('items', {})) or 'values'}"
    elif "oneOf" in whole:
        text = " or ".join(dict.fromkeys(kind(each) for each in whole["oneOf"]))
    else:
        text = whole.get("type", "")
    return f"{text} or null" if schema.get("nullable") else text


def example(operation: Operation, address: str) -> str:
    """A call to paste; what is in capitals has to be put in."""
    path = re.sub(r"\{(\w+)\}", lambda found: found[1].upper(), operation.path)
    query = "?limit=10" if operation.many and operation.method == "GET" else ""
    lines = [f"curl -H \"Authorization: $TIERDESK_KEY\" '{address}{path}{query}'"]
    if operation.method != "GET":
        lines[0] = lines[0].replace("curl ", f"curl -X {operation.method} ", 1)
    if operation.body:
        sample = SAMPLES.get((operation.method, operation.path))
        sent = f"'{json.dumps(sample, ensure_ascii=False)}'" if sample else "@body.json"
        lines.append(f"-H 'Content-Type: application/json' -d {sent}")
    return " \\\n  ".join(lines)
