from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TierConfigConfig(AppConfig):
    name = "tierconfig"
    verbose_name = _("Tier configuration")

    def ready(self) -> None:
        from customers import chores

        from . import receivers  # noqa: F401
        from .services import discarding, inquiry_care

        chores.register(inquiry_care.remind_due)
        chores.register(inquiry_care.escalate_due)
        chores.register(discarding.expire_drafts)
