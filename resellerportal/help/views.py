"""The pages of the help: for everybody who is signed in, whatever the role."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from customers.actors import ADMIN, DISTRIBUTOR, RESELLER, VENDOR

from ..access import EVERYONE, RoleRequiredMixin
from . import machines


@dataclass(frozen=True)
class Chapter:
    """A page of the help; `roles` are those it is written for, everybody may read it."""

    name: str
    title: Any
    about: Any
    template: str
    roles: tuple[str, ...] = EVERYONE


CHAPTERS = (
    Chapter(
        "resellers",
        gettext_lazy("For resellers"),
        gettext_lazy("Somebody asks you for something: what it is, and how to answer."),
        "help/resellers.html",
        (RESELLER,),
    ),
    Chapter(
        "distributors",
        gettext_lazy("For distributors"),
        gettext_lazy("Accounts and their hierarchy, orders, and who waits for whom."),
        "help/distributors.html",
        (DISTRIBUTOR,),
    ),
    Chapter(
        "vendors",
        gettext_lazy("For vendors"),
        gettext_lazy("Clearing the queue, asking resellers, and what a product asks for."),
        "help/vendors.html",
        (VENDOR, ADMIN),
    ),
    Chapter(
        "tiers",
        gettext_lazy("Tiers and configurations"),
        gettext_lazy("Why an order waits, who is asked, and why nobody is asked twice."),
        "help/tiers.html",
    ),
    Chapter(
        "finding",
        gettext_lazy("Lists, search and keyboard"),
        gettext_lazy("Finding things, taking them along as a file, and working without a mouse."),
        "help/finding.html",
    ),
    Chapter(
        "glossary",
        gettext_lazy("Glossary"),
        gettext_lazy("The words and the letters before the numbers."),
        "help/glossary.html",
    ),
)


class HelpPage(RoleRequiredMixin, TemplateView):
    """What all pages of the help share: the list of chapters, those for the reader first."""

    roles = EVERYONE
    title: Any = ""

    def get_here(self) -> str:
        """Name of the chapter that the list marks."""
        return "lifecycles"

    def get_title(self) -> str:
        return str(self.title)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        own = sorted(CHAPTERS, key=lambda chapter: self.actor.role not in chapter.roles)
        entries = [
            (reverse("help-chapter", args=[each.name]), each.title, each.about, each.name)
            for each in own
        ]
        lives = gettext_lazy(
            "What happens to a request, an order, an account request, as drawings."
        )
        entries.append((reverse("help-lifecycles"), _("Lifecycles"), lives, "lifecycles"))
        machines_too = gettext_lazy("Keys, filters, errors, and every address with its fields.")
        entries.append((reverse("help-api"), _("API"), machines_too, "api"))
        return super().get_context_data(
            title=self.get_title(),
            entries=entries,
            here=self.get_here(),
            **kwargs,
        )


class Help(HelpPage):
    """The list of chapters."""

    template_name = "help/index.html"
    title = gettext_lazy("Help")

    def get_here(self) -> str:
        return ""


class HelpChapter(HelpPage):
    @property
    def chapter(self) -> Chapter:
        found = next((each for each in CHAPTERS if each.name == self.kwargs["name"]), None)
        if found is None:
            raise Http404
        return found

    def get_here(self) -> str:
        return self.chapter.name

    def get_title(self) -> str:
        return str(self.chapter.title)

    def get_template_names(self) -> list[str]:
        return [self.chapter.template]


class Lifecycles(HelpPage):
    """All machines by name."""

    template_name = "help/lifecycles.html"
    title = gettext_lazy("Lifecycles")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = [machines.machine(model) for model in machines.models()]
        return super().get_context_data(
            machines=[(each, reverse("help-lifecycle", args=[each.name])) for each in found],
            **kwargs,
        )


class LifecyclePage(HelpPage):
    """One machine; `?at=` marks a state in the drawing."""

    template_name = "help/lifecycle.html"

    @property
    def machine(self) -> machines.Machine:
        model = machines.find(self.kwargs["name"])
        if model is None:
            raise Http404
        return machines.machine(model)

    def get_title(self) -> str:
        return self.machine.title

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            machine=self.machine, at=self.request.GET.get("at", ""), **kwargs
        )
