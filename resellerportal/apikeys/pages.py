"""One key, and what an administrator does with it; each step asks before it acts."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import ApiCall, ServiceUser
from customers.service_rights import MODULES, READ
from customers.services import service_users as services

from ..generic import Action, Fact, PortalActionView, PortalDetailView, PortalFormView
from ..secret_pages import AdministratorsOnly, Switch, shown_once
from .forms import ALL, KeyForm, SecretForm, initial_of
from .frame import api_address, examples, health, key_facts
from .lists import outcome

SECRET_PAGE = "apikeys/secret.html"  # noqa: S105 (a template)
#: Calls shown on the page of their key; the log has all.
LATEST = 10


class OneKey(AdministratorsOnly):
    """Rows carry how they stand."""

    model = ServiceUser
    name = "api-key"
    actor: Any

    def get_queryset(self) -> QuerySet[Any]:
        rows = ServiceUser.objects.visible_to(self.actor).with_owner_level()
        found: QuerySet[Any] = rows.select_related("owner")
        return found

    def show_secret(self, key: ServiceUser, secret: str) -> HttpResponse:
        """The page that shows a secret, and examples with it, once."""
        page: Any = self
        header = services.header_of(key, secret)
        return shown_once(
            self,
            header,
            _("The API key %(name)s"),
            key.name,
            template=SECRET_PAGE,
            back=page.url("api-key-detail", key.pk),
            examples=examples(header, key.rights),
            address=api_address(),
        )


class KeyDetail(OneKey, PortalDetailView):
    template_name = "apikeys/key.html"

    def get_facts(self) -> list[Fact]:
        # The state stands beside the name.
        return key_facts(self.object)[1:]

    def get_actions(self) -> list[Action]:
        pk, key = self.object.pk, self.object
        actions = [
            Action(
                _("Deactivate") if key.active else _("Activate"), self.url("api-key-switch", pk)
            ),
            Action(_("New secret"), self.url("api-key-secret", pk)),
            Action(_("Edit"), self.url("api-key-edit", pk), "primary"),
        ]
        unused = [Action(_("Delete"), self.url("api-key-delete", pk), "danger")]
        return actions if key.last_used_at else unused + actions

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        key = self.object
        rows = ApiCall.objects.visible_to(self.actor).filter(service_user=key)
        latest = [{"row": row, "badge": outcome(row)} for row in rows.order_by("-at")[:LATEST]]
        return super().get_context_data(
            badge=health(key),
            latest=latest,
            log=self.url("api-call-list") + f"?key={key.pk}",
            rights=[
                (module.label, _("Read") if key.rights[name] == READ else _("Write"))
                for name, module in MODULES.items()
                if name in key.rights
            ],
            examples=examples(f"ApiKey {key.pk}:SECRET", key.rights),
            address=api_address(),
            **kwargs,
        )


class KeyAdd(OneKey, PortalFormView):
    title = gettext_lazy("Make an API key")
    submit_label = gettext_lazy("Make the key")
    form_class = KeyForm
    template_name = "apikeys/form.html"
    service = staticmethod(services.create_service_user)

    def get_initial(self) -> dict[str, Any]:
        return {"preset": ALL}

    def finish(self, result: tuple[ServiceUser, str]) -> HttpResponse:
        return self.show_secret(*result)


class KeyEdit(OneKey, PortalFormView):
    form_class = KeyForm
    template_name = "apikeys/form.html"
    service = staticmethod(services.edit_service_user)
    success_message = gettext_lazy("Saved.")

    def get_title(self) -> str:
        return _("Edit %(name)s") % {"name": self.object.name}

    def get_initial(self) -> dict[str, Any]:
        return initial_of(self.object)


class KeyAction(OneKey, PortalActionView):
    def get_facts(self) -> list[Fact]:
        return [Fact(_("Key"), self.object.name), *key_facts(self.object)]


class KeySecret(KeyAction):
    form_class = SecretForm
    service = staticmethod(services.rotate_secret)
    title = gettext_lazy("New secret for the key")
    submit_label = gettext_lazy("Make a new secret")
    question = gettext_lazy(
        "The present secret opens for 24 hours more beside the new one, so that your system can "
        "change over. The new one is shown once, on the next page."
    )

    def finish(self, result: str) -> HttpResponse:
        return self.show_secret(self.object, result)


class KeySwitch(KeyAction, Switch):
    service = staticmethod(services.switch_service_user)
    titles = {
        True: gettext_lazy("Deactivate the key"),
        False: gettext_lazy("Activate the key"),
    }
    questions = {
        True: gettext_lazy("It opens nothing from now on. You can activate it again."),
        False: gettext_lazy("It opens again what it may, with the secret it had."),
    }


class KeyDelete(KeyAction):
    service = staticmethod(services.delete_service_user)
    title = gettext_lazy("Delete the key")
    submit_label = gettext_lazy("Delete")
    style = "danger"
    question = gettext_lazy("Nothing was called with it. This cannot be undone.")
    success_message = gettext_lazy("Deleted.")

    def get_success_url(self, result: Any) -> str:
        return self.url("api-key-list")
