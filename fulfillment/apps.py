from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FulfillmentConfig(AppConfig):
    name = "fulfillment"
    verbose_name = _("Fulfillment")

    def ready(self) -> None:
        from customers import chores

        from . import receivers  # noqa: F401
        from .services import discarding, endings, repair, samples, schedule, validation  # noqa: F401

        chores.register(discarding.expire_drafts)
        chores.register(discarding.discard_out_of_reach)
        chores.register(schedule.planned_dates)
        chores.register(endings.end_overdue)
        chores.register(repair.release_left_behind)

        # Register the job and the chores of reports.
        from .reporting import scheduling, work  # noqa: F401
