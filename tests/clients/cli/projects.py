"""A project of reports that hands the bundled ones their parameters.

The tool asks for parameters in a form that fills a terminal; reports without any run at once.
"""

import json

from connect.cli.plugins.report.commands import DEFAULT_REPORT_DIR

NAMES = (
    "customers_list",
    "tier_configuration_list",
    "tier_configuration_requests",
    "fulfillment_requests",
    "fulfillment_requests_failed",
    "fulfillment_requests_line_item",
    "subscription_list",
)

#: What the reports let one choose from, all of it taken.
CHOICES = [
    "product",
    "mkp",
    "hub",
    "rr_type",
    "rr_status",
    "connection_type",
    "status",
    "tier_type",
    "period",
]

CODE = """
import sys

sys.path.append({bundled!r})
from reports.{name} import entrypoint


def generate(client, parameters, *more):
    return entrypoint.generate(client, {parameters!r}, *more)
"""


def make(folder, period):
    """Write the project; `period` is (first moment, last moment) of what is reported."""
    package = folder / "bundled"
    package.mkdir(parents=True)
    parameters = {name: {"all": True, "choices": []} for name in CHOICES}
    parameters["date"] = {"after": period[0], "before": period[1]}
    for name in NAMES:
        code = CODE.format(bundled=DEFAULT_REPORT_DIR, name=name, parameters=parameters)
        (package / f"{name}.py").write_text(code)
    (folder / "Readme.md").write_text("The bundled reports, over a period.")
    described = {
        "name": "Bundled",
        "readme_file": "Readme.md",
        "version": "1.0.0",
        "language": "python",
        "reports": [_described(name) for name in NAMES],
    }
    (folder / "reports.json").write_text(json.dumps(described))
    return folder


def _described(name):
    return {
        "name": name,
        "readme_file": "Readme.md",
        "entrypoint": f"bundled.{name}.generate",
        "audience": ["provider", "vendor"],
        "report_spec": "2",
        "parameters": [],
        "renderers": [
            {"id": "json", "type": "json", "default": True, "description": "JSON"},
            {"id": "csv", "type": "csv", "default": False, "description": "CSV"},
        ],
    }
