"""Documentation of the API, for everybody who is signed in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext_lazy

from customers.actors import ADMINISTRATOR, DISTRIBUTOR, RESELLER, VENDOR

from ..api.documents.answers import REFUSALS
from . import reference
from .views import HelpPage

BASE = "/public/v1"


class ApiPage(HelpPage):
    """Knows the address of the API and the parts of its reference."""

    def get_here(self) -> str:
        return "api"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = self.actor.role in (VENDOR, DISTRIBUTOR, RESELLER)
        keys = own and self.actor.level == ADMINISTRATOR
        return super().get_context_data(
            address=f"{settings.PUBLIC_URL}{BASE}",
            parts=[
                (part, reverse("help-api-part", args=[part.name]))
                for part in reference.parts().values()
            ],
            keys=self.url("api-key-list") if keys else "",
            **kwargs,
        )


class ApiOverview(ApiPage):
    """How to call it: keys, lists, filters, errors, repeating."""

    template_name = "help/api.html"
    title = gettext_lazy("API")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        refusals = [(status, text) for status, (_name, text) in REFUSALS.items()]
        return super().get_context_data(refusals=refusals, **kwargs)


class ApiPart(ApiPage):
    """Every address of one part, with what it takes and gives."""

    template_name = "help/api_part.html"

    @property
    def part(self) -> reference.Part:
        found = reference.parts().get(self.kwargs["name"])
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return str(self.part.label)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        address = f"{settings.PUBLIC_URL}{BASE}"
        return super().get_context_data(
            part=self.part,
            operations=[(each, reference.example(each, address)) for each in self.part.operations],
            **kwargs,
        )
