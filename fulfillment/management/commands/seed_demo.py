from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from fulfillment.demo import bulk, cast, receiver, seed


class Command(BaseCommand):
    help = "Load the demo data: partners with sign-ins, products, accounts and a month of history."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="Do nothing when the demo data are there already."
        )
        parser.add_argument(
            "--reset", action="store_true", help="Delete everything first, if it is a demo."
        )
        parser.add_argument(
            "--accounts",
            type=int,
            default=0,
            metavar="N",
            help="Add N accounts, and N requests of each kind, in bulk.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_MODE:
            raise CommandError("Demo data are for demo mode only; set DEMO_MODE=true.")
        if seed.is_seeded():
            if options["once"]:
                receiver.follow_server()
                return
            if not options["reset"]:
                raise CommandError(
                    "The demo data are there already. Give --reset to delete everything and load "
                    "them anew, or --once to leave them as they are."
                )
            call_command("flush", interactive=False, verbosity=0)
        elif not seed.is_empty():
            raise CommandError(
                "This database holds other data; demo data go into an empty one only."
            )
        self._load(options["accounts"])
        if not options["once"]:  # the launcher says it itself, once the portal answers
            names = ", ".join(f"{name}@{cast.DOMAIN}" for name in cast.SIGN_INS)
            self.stdout.write(self.style.SUCCESS(f"Sign in as {names}; password {cast.PASSWORD}."))

    def _load(self, accounts: int) -> None:
        self.stdout.write("Loading the demo data …")
        world = seed.seed()
        if accounts > 0:
            self.stdout.write(f"Adding {accounts} accounts …")
            side = bulk.side_of(world.partners["kestrel"], world.partners["hanse"])
            bulk.fill(side, accounts)
