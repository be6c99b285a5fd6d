from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers import trees
from customers.signals import consistency_check


class Command(BaseCommand):
    help = "Verify every account tree and what hangs on it; exit 1 with what is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        problems = 0
        for pk, stored, right in trees.broken():
            problems += 1
            wanted = f"should be {right}" if right else "its parents form a circle"
            self.stdout.write(f"{pk}: {stored}, {wanted}")
        for _receiver, found in consistency_check.send(sender=type(self)):
            for sentence in found:
                problems += 1
                self.stdout.write(sentence)
        if problems:
            raise CommandError(f"{problems} problems found", returncode=1)
        self.stdout.write(self.style.SUCCESS("All trees are valid."))
