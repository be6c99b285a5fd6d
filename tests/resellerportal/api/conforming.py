"""Every answer the tests of the API get is one the OpenAPI document names, headers included."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from resellerportal.api.documents.document import document


@cache
def operations() -> list[tuple[str, re.Pattern[str], dict[str, Any]]]:
    """Method, address and operation; addresses without placeholders first."""
    found = [
        (method.upper(), re.compile(re.sub(r"{[^}]*}", "[^/]+", path) + "/?"), operation)
        for path, item in sorted(document()["paths"].items(), key=lambda each: each[0].count("{"))
        for method, operation in item.items()
    ]
    return found


def named(method: str, path: str) -> dict[str, Any] | None:
    """The operation; None where the document has none, and for what no address can hold."""
    for own, address, operation in operations():
        if own == method and address.fullmatch(path):
            return operation
    return None


def check_documented(method: str, path: str, answer: Any) -> None:
    operation = named(method, path)
    if operation is None or answer.status_code == 500:
        return
    whole = operation["responses"].get(str(answer.status_code))
    assert whole, f"{method} {path}: {answer.status_code} is not documented"
    if "$ref" in whole:
        whole = document()["components"]["responses"][whole["$ref"].rpartition("/")[2]]
    if answer.get("Content-Type", "application/json") != "application/json":
        return  # the same as a workbook
    headers = document()["components"]["headers"]
    for name in whole["headers"]:
        assert name in answer or not headers[name]["required"], f"{method} {path}: {name}"
