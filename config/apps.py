"""Registers the system checks of config/checks.py."""

from django.apps import AppConfig
from django.core import checks


class ConfigConfig(AppConfig):
    name = "config"

    def ready(self) -> None:
        from config.checks import sqlite_settings_in_force

        checks.register(sqlite_settings_in_force, checks.Tags.database)
