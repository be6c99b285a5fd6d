from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers import trees


class Command(BaseCommand):
    help = "Recompute the tree index of all accounts from their parents; other writers wait."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            changed = trees.rebuild()
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(self.style.SUCCESS(f"{changed} accounts were put in their place."))
