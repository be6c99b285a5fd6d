from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CustomersConfig(AppConfig):
    name = "customers"
    verbose_name = _("Customers")

    def ready(self) -> None:
        # Registers the jobs, and the function that SQLite lacks.
        from . import chores, percentiles, webhooks  # noqa: F401
        from .imports import checking, work  # noqa: F401
        from .services import api_calls, expiring_keys, notices

        chores.register(notices.begin_digests)
        chores.register(webhooks.prune)
        chores.register(api_calls.prune)
        chores.register(expiring_keys.tell_expiring)
