from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResellerPortalConfig(AppConfig):
    name = "resellerportal"
    verbose_name = _("Channel portal")

    def ready(self) -> None:
        from customers import events

        from .notifications import mail, webhooks

        events.register(webhooks.tell)
        events.register(mail.tell)
