"""What a product shows in the control panel beside its text, and its buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tierconfig.models import Action as Button
from tierconfig.models import Embedding
from tierconfig.services import action_links
from tierconfig.services.definitions import embedding as services

from .. import cells, texts
from ..forms import PortalForm, TextField
from ..generic import Action, Fact
from ..secret_pages import shown_once
from .frame import ProductTab, may_administer, may_edit
from .pages import SECRET_PAGE, DefinitionAction, DefinitionForm

if TYPE_CHECKING:
    from .detail import ProductDetail

#: Empty lines a list of links offers beyond those it has.
SPARE = 2
LACKS = {
    action_links.Lack.ADDRESS: gettext_lazy("the address of the actions"),
    action_links.Lack.KEY: gettext_lazy("the secret that signs their tokens"),
}


def fill(page: ProductDetail) -> dict[str, Any]:
    found = services.embedding_of(page.object)
    rows = Button.objects.visible_to(page.actor).filter(product=page.object)
    scopes: dict[str, list[Button]] = {}
    for row in rows.order_by("scope", "position", "pk"):
        scopes.setdefault(str(row.get_scope_display()), []).append(row)
    started = found.getting_started
    return {
        "facts": [
            Fact(_("Description"), found.description or None),
            Fact(_("Address of the actions"), found.action_url or None),
            Fact(_("Secret, made"), secret(found)),
        ],
        "started": texts.rendered(started) if started else "",
        "downloads": found.download_links,
        "documents": found.documents,
        "scopes": list(scopes.items()),
        "lacking": lacking(found) if scopes else "",
        "may_edit": may_edit(page),
        "may_administer": may_administer(page),
    }


def secret(found: Embedding) -> Any:
    """That there is one and since when, or that it is lost; never the secret itself."""
    if not found.action_secret:
        return _("none yet")
    return found.action_secret.problem or cells.age(found.secret_since)


def lacking(found: Embedding) -> str:
    """What keeps buttons from working, as a list of words; "" when they work."""
    return ", ".join(str(LACKS[each]) for each in action_links.lacks(found))


def actions(page: ProductDetail) -> list[Action]:
    found = []
    if may_administer(page):
        found.append(Action(_("New secret"), page.url("product-secret", page.object.pk)))
    if may_edit(page):
        found.append(Action(_("Edit"), page.url("product-embedding", page.object.pk)))
        url = page.url("product-action-add", page.object.pk)
        found.append(Action(_("Add an action"), url, "primary"))
    return found


TAB = ProductTab(
    "embedding", gettext_lazy("Embedding"), "products/embedding.html", fill, actions=actions
)


class EmbeddingForm(PortalForm):
    """The links are lines of inputs of their own, named `<list>-<number>-<part>`."""

    description = TextField(
        label=gettext_lazy("Description"),
        max_length=services.MAX_DESCRIPTION,
        required=False,
        help_text=gettext_lazy("One line under the name of the product in the control panel."),
    )
    getting_started = TextField(
        label=gettext_lazy("Getting started"),
        rows=8,
        max_length=services.MAX_STARTED,
        required=False,
        help_text=gettext_lazy("Markdown. Shown below the text of the template."),
    )
    action_url = forms.CharField(
        label=gettext_lazy("Address of the actions"),
        required=False,
        max_length=1024,
        help_text=gettext_lazy(
            "All buttons lead here, with ?jwt= and a token signed with the secret (HS256)."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.wrong: dict[str, list[str]] = {}

    def lists(self) -> list[dict[str, Any]]:
        """Both lists of links: name, heading, lines with what was typed, and what is wrong."""
        headings = {"download_links": _("Downloads"), "documents": _("Documentation")}
        return [
            {
                "name": name,
                "heading": heading,
                "lines": self.lines(name),
                "wrong": self.wrong.get(name, []),
            }
            for name, heading in headings.items()
        ]

    def adopt(self, error: ValidationError) -> None:
        """What is wrong with a link stands below its list, and above the form with its heading."""
        found = getattr(error, "error_dict", {})
        for part in self.lists():
            texts_of = [text for each in found.pop(part["name"], []) for text in each.messages]
            self.wrong[part["name"]] = texts_of
            for text in texts_of:
                self.add_error(None, f"{part['heading']}: {text}")
        if found or not any(self.wrong.values()):
            super().adopt(error)

    def lines(self, name: str) -> list[dict[str, Any]]:
        given = self.typed(name) if self.is_bound else list(self.initial.get(name) or [])
        missing = max(len(given) + SPARE, 3) - len(given)
        return [*given, *({} for _n in range(missing))][: services.MAX_LINKS]

    def typed(self, name: str) -> list[dict[str, str]]:
        """The lines as they were sent, blank ones too: errors name their numbers."""
        parts = ("title", "url", "visible_for")
        sent = [
            {part: str(self.data.get(f"{name}-{number}-{part}", "")) for part in parts}
            for number in range(1, services.MAX_LINKS + 1)
        ]
        while sent and not sent[-1]["title"] and not sent[-1]["url"]:
            sent.pop()
        return sent

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        links = {name: self.typed(name) for name in ("download_links", "documents")}
        return {**cleaned, **links}


class EmbeddingEdit(DefinitionForm):
    tab = "embedding"
    template_name = "products/embedding_form.html"
    form_class = EmbeddingForm
    service = staticmethod(services.save_embedding)
    title = gettext_lazy("Edit the embedding")
    success_message = gettext_lazy("Saved. Control panels show it at once.")

    def get_initial(self) -> dict[str, Any]:
        found = services.embedding_of(self.object)
        names = ("description", "getting_started", "action_url", "download_links", "documents")
        return {name: getattr(found, name) for name in names}


class SecretNew(DefinitionAction):
    """The answer to the post is the one page that shows the secret."""

    tab = "embedding"
    administrators = True
    service = staticmethod(services.new_secret)
    title = gettext_lazy("New secret for the actions")
    submit_label = gettext_lazy("Make a new secret")
    style = "danger"

    def get_question(self) -> str:
        if services.embedding_of(self.object).action_secret:
            return _(
                "Tokens are signed with the new secret at once. Until your service knows it, none "
                "of the buttons works."
            )
        return _("The secret is shown once, on the next page. Your service checks tokens with it.")

    def finish(self, result: str) -> HttpResponse:
        title = _("Secret of the actions of %(name)s")
        return shown_once(self, result, title, self.object.name, template=SECRET_PAGE)
