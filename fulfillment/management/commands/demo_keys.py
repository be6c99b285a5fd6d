import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError

from fulfillment.demo import integration, seed


class Command(BaseCommand):
    help = "Show keys of the demo's partners, and the products made for integrations."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            seeded = seed.is_seeded()
        except DatabaseError as error:
            raise CommandError(f"This database is not set up; make run does it. {error}") from error
        if not seeded:
            raise CommandError("There are no demo data in this database; make run loads them.")
        found = integration.everything()
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2))
            return
        for name, value in found.items():
            self.stdout.write(f"{name:<20} {value}")
