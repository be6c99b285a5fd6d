"""Reads lists in every way the client knows."""

import json
import sys

from connect.client import ConnectClient

given = json.load(sys.stdin)
client = ConnectClient(given["distributor_api_key"], endpoint=given["endpoint"])
print(json.dumps({"hubs": [hub["instance"]["type"] for hub in client.hubs.all()]}))
