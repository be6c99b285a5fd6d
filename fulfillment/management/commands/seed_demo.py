from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from fulfillment.demo import cast, seed


class Command(BaseCommand):
    help = "Load the demo data: partners with sign-ins, products, accounts and a month of history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="Do nothing when the demo data are there already."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("Demo data are for demo mode only; set DEMO_MODE=true.")
        if seed.is_seeded():
            if options["once"]:
                return
            raise CommandError(
                "The demo data are there already. Start afresh with make demo-reset, "
                "or give --once to leave them as they are."
            )
        if not seed.is_empty():
            raise CommandError(
                "This database holds other data; demo data go into an empty one only."
            )
        self.stdout.write("Loading the demo data …")
        seed.seed()
        names = ", ".join(f"{name}@{cast.DOMAIN}" for name in cast.SIGN_INS)
        self.stdout.write(
            self.style.SUCCESS(f"Done. Sign in as {names}; password {cast.PASSWORD}.")
        )
