from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResellerPortalConfig(AppConfig):
    name = "resellerportal"
    verbose_name = _("Channel portal")
    #: Files of docs/ -> the function that gives their text; `manage.py write_docs` asks for it.
    documents = {"webhooks.md": "resellerportal.webhooks.document.text"}

    def ready(self) -> None:
        from django.core.signals import request_finished

        from customers import events

        from . import access
        from .notifications import import_webhooks, mail, webhooks

        events.register(webhooks.tell)
        events.register(import_webhooks.tell)
        events.register(mail.tell)
        request_finished.connect(access.forget_zone)
