"""Drafts of requests: filled in, checked by the vendor's service, submitted or given up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BooleanField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from customers.actors import Actor
from tierconfig import parameters
from tierconfig.models import ProcessedRequest
from tierconfig.services import drafts
from tierconfig.services.processing import R
from tierconfig.services.validation import DRAFT, webhook_for

from ..forms import PortalForm
from ..generic import PortalActionView


class SubmitForm(PortalForm):
    """Nothing to fill in, but where the vendor's service complained."""

    insist = BooleanField(required=False)

    def __init__(self, *args: Any, obj: ProcessedRequest, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, **kwargs)
        self.titles = {each.name: str(each) for each in obj.definitions()}
        complaints = parameters.complaints(obj.params)
        if not complaints:
            del self.fields["insist"]
            return
        named = [f"{self.titles.get(name, name)}: {text}" for name, text in complaints.items()]
        self.fields["insist"].label = _("Submit anyway")
        self.fields["insist"].help_text = _("The vendor's service complains. %(what)s") % {
            "what": " · ".join(named)
        }

    def adopt(self, error: ValidationError) -> None:
        """Errors of values stand above the form under their titles."""
        if not hasattr(error, "error_dict"):
            super().adopt(error)
            return
        for name, errors in error.error_dict.items():
            for text in (text for each in errors for text in each.messages):
                title = self.titles.get(name, name)
                self.add_error(None, f"{title}: {text}" if title else text)


class Edit(PortalActionView):
    """The values, complete or not; with `validate` in the posted form they are checked, too."""

    step = "submit"
    title = gettext_lazy("Edit the draft")
    submit_label = gettext_lazy("Save")
    success_message = gettext_lazy("Saved. Nobody else sees it until you submit it.")

    def finish(self, result: Any) -> HttpResponse:
        answer = super().finish(result)
        if "validate" in self.request.POST:
            have_checked(self.request, result, self.actor)
        return answer


class Validate(PortalActionView):
    """Has the vendor's service look at it; runs outside of any transaction."""

    step = "submit"
    title = gettext_lazy("Validate the draft")
    submit_label = gettext_lazy("Validate")
    question = gettext_lazy(
        "The vendor's service checks the values. Nothing is sent, and nobody else sees the draft."
    )

    def perform(self, form: Any) -> Any:
        return have_checked(self.request, self.object, self.actor)


class Submit(PortalActionView):
    """Hands it over; against the complaints of the vendor's service only who insists."""

    step = "submit"
    form_class = SubmitForm
    submit_label = gettext_lazy("Submit")

    def get_success_message(self, result: Any) -> str:
        return _("Submitted: %(state)s.") % {"state": result.get_state_display()}


class Discard(PortalActionView):
    """The page to return to is the list for what is born, else that of what would change."""

    step = "submit"
    title = gettext_lazy("Discard the draft")
    question = gettext_lazy("The draft is deleted for good, with all values in it.")
    submit_label = gettext_lazy("Discard")
    style = "danger"
    success_message = gettext_lazy("The draft is discarded.")


def have_checked(request: HttpRequest, draft: R, actor: Actor) -> R:
    """Ask the vendor's service, and say above the page of the draft what it said."""
    found, problems = drafts.validate_draft(draft, actor=actor)
    if webhook_for(found, DRAFT) is None:
        messages.info(request, _("The vendor has no service at present that checks drafts."))
    else:
        _tell(request, found, problems)
    return found


def _tell(request: HttpRequest, draft: ProcessedRequest, problems: list[str]) -> None:
    for text in problems:
        messages.warning(request, text)
    complaints = len(parameters.complaints(draft.params))
    if complaints:
        text = ngettext(
            "The vendor's service complains about %(n)d value.",
            "The vendor's service complains about %(n)d values.",
            complaints,
        )
        messages.warning(request, text % {"n": complaints})
    elif not problems:
        messages.success(request, _("The check found nothing to complain about."))
