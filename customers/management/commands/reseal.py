"""Seal everything stored with the first of SEALING_KEYS, so that the others can be dropped."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from customers.sealing import Sealed, Unreadable
from customers.services import sealed_rows


class Command(BaseCommand):
    help = (
        "Seal all stored secrets with the first of SEALING_KEYS; exit 1 with those that none of "
        "the keys opens."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check",
            action="store_true",
            help="change nothing; exit 1, too, when something is sealed with another key",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        older = 0

        def look(sealed: Sealed) -> Sealed:
            nonlocal older
            older += not sealed.is_fresh
            return sealed

        tally = sealed_rows.change_all(look if options["check"] else _fresh)
        for each in tally.unreadable:
            self.stdout.write(f"{each}: {Unreadable()}")
        if tally.unreadable:
            raise CommandError(f"{len(tally.unreadable)} rows cannot be opened", returncode=1)
        if older:
            raise CommandError(
                f"{older} secrets are sealed with another key than the first: run reseal",
                returncode=1,
            )
        text = f"Everything is sealed with the first key; {tally.changed} rows were changed."
        self.stdout.write(self.style.SUCCESS(text))


def _fresh(sealed: Sealed) -> Sealed:
    return sealed if sealed.is_fresh else sealed.renewed()
