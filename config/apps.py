"""Registers the system checks of config/checks.py and keeps the cache table with the others."""

from typing import Any

from django.apps import AppConfig, apps
from django.core import checks
from django.core.management import call_command
from django.db.models.signals import post_migrate


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.checks import sqlite_settings_in_force

        checks.register(sqlite_settings_in_force, checks.Tags.database)
        # The signal comes once per app that has models; one of them stands for all.
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("sessions"))


def make_cache_table(using: str, **kwargs: Any) -> None:
    """Make the table of the shared cache, so that `migrate` is all a new database needs."""
    call_command("createcachetable", database=using, verbosity=0)
