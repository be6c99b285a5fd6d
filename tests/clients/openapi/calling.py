"""What the scripts beside the Python client share: clients of each side, and what goes wrong."""

import json
import sys
from collections.abc import Callable
from typing import Any

from connect.client import ClientError, ConnectClient

given: dict[str, str] = json.load(sys.stdin)


def client(side: str, **options: Any) -> ConnectClient:
    """Of the vendor, the distributor or the reseller; no retries, so that failures show at once."""
    options = {"max_retries": 0, **options}
    return ConnectClient(given[f"{side}_api_key"], endpoint=given["endpoint"], **options)


def refused(call: Callable[..., Any], *arguments: Any, **more: Any) -> dict[str, Any]:
    """What the client understands of an error; {} when there is none."""
    try:
        call(*arguments, **more)
    except ClientError as error:
        return {
            "status": error.status_code,
            "code": error.error_code,
            "errors": error.errors,
            "more": error.additional_info,
        }
    return {}


def tell(found: dict[str, Any]) -> None:
    print(json.dumps(found))
