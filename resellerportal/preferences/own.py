"""What a user chooses for himself: whose clock his pages and mails show, and what keys do."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import groupby
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import moments
from customers.services.people import save_preferences

from ..access import EVERYONE
from ..forms import PortalForm
from ..generic import PortalFormView


@lru_cache(maxsize=1)
def _areas() -> list[tuple[str, list[tuple[str, str]]]]:
    """The zones by part of the world, each called by its place."""
    found = []
    for area, names in groupby(moments.names(), lambda name: name.partition("/")[0]):
        pairs = [(name, name.partition("/")[2].replace("_", " ") or name) for name in names]
        found.append((area, pairs))
    return found


def zones() -> Iterable[Any]:
    default = _("As this installation: %(zone)s") % {"zone": timezone.get_default_timezone_name()}
    return [("", default), *_areas()]


class OwnForm(PortalForm):
    fieldsets = (
        (gettext_lazy("Time"), ("time_zone",)),
        (gettext_lazy("Keyboard"), ("single_keys",)),
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        choices=zones,
        required=False,
        help_text=gettext_lazy(
            "All times on pages and in mails to you are those of this zone, and the daily mail "
            "comes in its morning. Files and the API keep UTC."
        ),
    )
    single_keys = forms.BooleanField(
        label=gettext_lazy("Use single-letter keys"),
        required=False,
        help_text=gettext_lazy(
            "Keys such as j, k or a, without Ctrl or Alt. Switch them off if you speak to your "
            "computer or press keys by accident; all they do is also done by links and buttons."
        ),
    )


class OwnPreferences(PortalFormView):
    """Of the signed-in user, whichever partner he acts for and whatever his level is."""

    roles = EVERYONE
    name = "preferences"
    title = gettext_lazy("Preferences")
    form_class = OwnForm
    success_message = gettext_lazy("Saved.")

    @cached_property
    def object(self) -> Any:
        return None

    def check(self) -> None:
        """Everybody may, for himself."""

    def get_initial(self) -> dict[str, Any]:
        user: Any = self.request.user
        return {"time_zone": user.time_zone, "single_keys": user.single_keys}

    def perform(self, form: PortalForm) -> Any:
        return save_preferences(self.request.user, **form.cleaned_data)  # type: ignore[arg-type]

    def get_success_url(self, result: Any) -> str:
        return self.request.path

    def get_cancel_url(self) -> str:
        return ""

    def get_crumbs(self) -> list[tuple[Any, str]]:
        return [(_("Settings"), self.url("settings"))]
