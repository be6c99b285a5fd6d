"""The OpenAPI document as a whole."""

from __future__ import annotations

import json
import threading
from functools import cache
from typing import Any

import yaml
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator

from .answers import components
from .operations import ApiSchema
from .schemas import Components

BASE = "/public/v1"
ERROR = {
    "type": "object",
    "description": "What went wrong: a code for machines, sentences for people.",
    "properties": {
        "error_code": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "string"}},
        "params": {"type": "object"},
    },
    "required": ["error_code", "errors"],
}
KEY = {
    "type": "apiKey",
    "in": "header",
    "name": "Authorization",
    "description": "`ApiKey SU-…:secret`, the key of a partner's service user.",
}
INFO = {
    "title": "Tierdesk",
    "version": "1.0",
    "description": "The REST API of the channel portal.",
    "license": {"name": "Apache-2.0"},
}


#: What makes the document keeps notes of it that are not for two at once.
_making = threading.Lock()


def document() -> dict[str, Any]:
    """Made once per process: it takes about a second, and whoever comes meanwhile waits for it."""
    with _making:
        return _document()


@cache
def _document() -> dict[str, Any]:
    ApiSchema.components = Components()
    own = [path("public/v1/", include("resellerportal.api.urls"))]
    made = SchemaGenerator(patterns=own).get_schema(request=None, public=True)
    schemas = dict(made.get("components", {}).get("schemas", {}))
    return {
        "openapi": "3.0.3",
        "info": INFO,
        "servers": [{"url": BASE}],
        "security": [{"ApiKey": []}],
        "paths": {_address(name): item for name, item in sorted(made["paths"].items())},
        "components": {
            "schemas": {**schemas, **ApiSchema.components.schemas, "Error": ERROR},
            "securitySchemes": {"ApiKey": KEY},
            **components({"$ref": "#/components/schemas/Error"}),
        },
    }


def _address(name: str) -> str:
    return name.removeprefix(BASE).rstrip("/") or "/"


@cache
def as_yaml() -> str:
    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=100)


@cache
def as_json() -> str:
    return json.dumps(document())
