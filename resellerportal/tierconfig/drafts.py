"""A draft: filled in, checked by the vendor's service, then submitted or given up."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import TierConfigRequest
from tierconfig.services import drafts

from ..generic import PortalActionView
from ..processing.drafting import SubmitForm, Validate, have_checked
from .actions import ConfigRequestStep
from .change_forms import DraftForm


class DraftEdit(ConfigRequestStep, PortalActionView):
    """The values, complete or not; with `validate` in the posted form they are checked too."""

    template_name = "tierconfig/draft_edit.html"
    step = "submit"
    service = staticmethod(drafts.save_draft)
    form_class = DraftForm
    title = gettext_lazy("Edit the draft")
    submit_label = gettext_lazy("Save")
    success_message = gettext_lazy("Saved. Nobody else sees it until you submit it.")

    def finish(self, result: Any) -> HttpResponse:
        answer = super().finish(result)
        if "validate" in self.request.POST:
            have_checked(self.request, result, self.actor)
        return answer


class DraftValidate(ConfigRequestStep, Validate):
    pass


class DraftSubmit(ConfigRequestStep, PortalActionView):
    """Hands it over; against the vendor's complaints only who insists."""

    step = "submit"
    service = staticmethod(drafts.submit_request)
    form_class = SubmitForm
    title = gettext_lazy("Submit the request")
    submit_label = gettext_lazy("Submit")

    def get_question(self) -> str:
        if self.object.type == TierConfigRequest.Type.SETUP:
            return _(
                "The set-up begins: what is missing is asked of the technical contact by mail, "
                "then the vendor decides."
            )
        return _("The vendor decides next; the approved values stay in force until then.")

    def get_success_message(self, result: Any) -> str:
        return _("Submitted: %(state)s.") % {"state": result.get_state_display()}


class DraftDiscard(ConfigRequestStep, PortalActionView):
    step = "submit"
    service = staticmethod(drafts.discard_request)
    title = gettext_lazy("Discard the draft")
    question = gettext_lazy("The draft is deleted for good, with all values in it.")
    submit_label = gettext_lazy("Discard")
    style = "danger"
    success_message = gettext_lazy("The draft is discarded.")

    def get_success_url(self, result: Any) -> str:
        if self.object.type == TierConfigRequest.Type.SETUP:
            return self.url("config-request-list")
        return self.url("config-detail", self.object.configuration_id)
