"""Steps after which the next request of the list follows at once."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.lifecycle import StaleState

from . import place as places
from .place import Place

#: What may be gone on with after another step.
AGAIN = ("approve",)


class Onward:
    """Over PortalActionView: beside its button one that goes on with the next request.

    What is next was next when the page was shown (`was` in its form), whatever came of the
    request meanwhile; requests the step cannot be taken on are passed over.
    """

    onward_label: Any = gettext_lazy("%(step)s and next")
    request: Any
    object: Any
    step: str

    @cached_property
    def place(self) -> Place | None:
        """Where the request stands among those the step can be taken on.

        Asked before it is decided: afterwards it stands elsewhere.
        """
        query = places.given(self.request)
        whole = places.place_of(self) if query is None else None
        if query is None and (whole is None or whole.total.least < 2):
            return None
        found = places.list_of(self, query or "")
        if found is None:
            return None
        was = self.request.POST.get(places.WAS) or self.request.GET.get(places.WAS, "")
        return places.stand(found, self.object, query or "", was[:500], self.among())

    def among(self) -> Q:
        """Requests of the list that the step can be taken on: those in a state it leads from."""
        return Q(state__in=list(getattr(self.object, self.step)._django_fsm.transitions))

    @property
    def going_on(self) -> str:
        """The step whose page the next request is shown on."""
        wanted = self.request.GET.get(places.THEN, "")
        return wanted if wanted in AGAIN and hasattr(self.object, wanted) else self.step

    def perform(self, form: Any) -> Any:
        _place = self.place
        return super().perform(form)  # type: ignore[misc]

    def get_success_url(self, result: Any) -> str:
        place = self.place
        if place is None:
            return str(super().get_success_url(result))  # type: ignore[misc]
        if "next" not in self.request.POST:
            address = str(super().get_success_url(result))  # type: ignore[misc]
            known = places.given(self.request) is not None and "?" not in address
            return address + places.suffix(place.query, place.key) if known else address
        if place.next:
            return self._page(place.next)
        self._tell_end(place)
        return places.back(self, place, anew=True)

    def told(self, text: str) -> str:
        """Of which request, for the page of another one shows it."""
        if "next" not in self.request.POST:
            return text
        return _("%(id)s: %(text)s") % {"id": self.object.pk, "text": text}

    def _page(self, key: str) -> str:
        """The page of another request of the list."""
        query = places.given(self.request)
        view: Any = self
        address: str = view.url(f"{view.name}-{self.going_on}", key)
        return address if query is None else address + places.suffix(query)

    def onward_page(self) -> str:
        """The page of what is next; empty at the end."""
        return self._page(self.place.next) if self.place and self.place.next else ""

    def instead(self, step: str) -> str:
        """Another step of the same request, after which this one goes on with the next."""
        query, view = places.given(self.request), self
        address: str = view.url(f"{view.name}-{step}", self.object.pk)  # type: ignore[attr-defined]
        known = places.suffix(query) + "&" if query is not None else "?"
        return f"{address}{known}{urlencode({places.THEN: self.step})}"

    def _tell_end(self, place: Place) -> None:
        left = place.total.least - place.here
        if left or place.total.more:
            text = _("That was the last one; %(n)s before it are still in the list.")
            text %= {"n": f"{left}+" if place.total.more else left}
        else:
            text = _("The queue is empty.")
        messages.info(self.request, text)

    def refuse(self, stale: StaleState) -> HttpResponse:
        """With a way to go on."""
        self.onward_url = self.onward_page()
        return super().refuse(stale)  # type: ignore[misc]

    def get_cancel_url(self) -> str:
        return places.carried(self, str(super().get_cancel_url()))  # type: ignore[misc]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        place, view = self.place, self
        context: dict[str, Any] = super().get_context_data(**kwargs)  # type: ignore[misc]
        label = context["submit_label"]
        if place is not None:
            context["place"] = places.links(view, place, self.going_on)
            context["onward"] = {
                "label": self.onward_label % {"step": label},
                "key": place.key,
                "first": places.given(self.request) is not None,
            }
        context["focus_button"] = not _focus(context["form"])
        return context


def _focus(form: Any) -> bool:
    """Put the focus on the first field that still has to be filled in; whether there is one."""
    if form.is_bound or any(each.widget.attrs.get("autofocus") for each in form.fields.values()):
        return True
    for bound in form:
        field = bound.field
        if bound.is_hidden or not field.required or field.disabled:
            continue
        if bound.initial in (None, "", [], ()):
            field.widget.attrs["autofocus"] = True
            return True
    return False
