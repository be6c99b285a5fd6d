"""Sends calls made of the OpenAPI document, and says which answers are not as it says.

Given: the key, the ids to put into addresses, how many calls of an operation at most, and the seed.
"""

import json
import subprocess
import sys
from pathlib import Path

CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)

given = json.load(sys.stdin)
operations = [
    f"[[operations]]\ninclude-path = {json.dumps(path)}\nparameters = {{ "
    + ", ".join(f'"path.{name}" = {json.dumps(pk)}' for name, pk in found.items())
    + " }\n"
    for path, found in given["ids"].items()
]
Path("schemathesis.toml").write_text("\n".join(operations))
done = subprocess.run(
    [
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", "schemathesis.toml", "--no-color", "run"),
        *(f"{given['endpoint']}/openapi.json", "--url", given["endpoint"]),
        *("--header", f"Authorization: {given['key']}", "--checks", ",".join(CHECKS)),
        *("--phases", given["phases"], "--max-examples", str(given["examples"])),
        *("--seed", str(given["seed"]), "--workers", "2", "--continue-on-failure", "--no-shrink"),
        *("--warnings", "off", "--suppress-health-check", "all"),
    ],
    capture_output=True,
    text=True,
    check=False,
)
print(json.dumps({"code": done.returncode, "told": done.stdout[-20_000:] + done.stderr[-2_000:]}))
