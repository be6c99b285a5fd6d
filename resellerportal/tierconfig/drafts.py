"""The draft of a request about a configuration."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import TierConfigRequest
from tierconfig.services import drafts

from ..processing import drafting
from .actions import ConfigRequestStep
from .change_forms import DraftForm


class ConfigRequestEdit(ConfigRequestStep, drafting.Edit):
    template_name = "tierconfig/draft_edit.html"
    service = staticmethod(drafts.save_draft)
    form_class = DraftForm


class ConfigRequestValidate(ConfigRequestStep, drafting.Validate):
    pass


class ConfigRequestSubmit(ConfigRequestStep, drafting.Submit):
    service = staticmethod(drafts.submit_request)
    title = gettext_lazy("Submit the request")

    def get_question(self) -> str:
        if self.object.type == TierConfigRequest.Type.SETUP:
            return _(
                "The set-up begins: what is missing is asked of the technical contact by mail, "
                "then the vendor decides."
            )
        return _("The vendor decides next; the approved values stay in force until then.")


class ConfigRequestDiscard(ConfigRequestStep, drafting.Discard):
    service = staticmethod(drafts.discard_request)

    def get_success_url(self, result: Any) -> str:
        if self.object.type == TierConfigRequest.Type.SETUP:
            return self.url("config-request-list")
        return self.url("config-detail", self.object.configuration_id)
