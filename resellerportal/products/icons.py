"""The icon of a product: uploading it, and the picture itself, which anybody may load."""

from __future__ import annotations

from functools import cache
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from customers.services import icons as services

from ..forms import PortalForm
from ..generic import Fact
from .pages import DefinitionAction, DefinitionForm


class IconImage(View):
    """Public: mail programs and the API's clients load it. Another picture has another address."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest, pk: str, key: str) -> HttpResponse:
        content = services.content_of(pk, key)
        if content is None:
            raise Http404
        answer = HttpResponse(content, content_type="image/png")
        answer["Cache-Control"] = "public, max-age=31536000, immutable"
        answer["Cross-Origin-Resource-Policy"] = "cross-origin"
        return answer


def address(product_id: str, key: str) -> str:
    """Path of a product's picture; without a key of the one that stands for none."""
    above, ending = _around()
    return f"{above}{product_id}/{key or services.PLACEHOLDER}{ending}"


@cache
def _around() -> tuple[str, str]:
    """What stands before and behind the ID and the key: asked once, not for each of a list."""
    above, _between, ending = reverse("icon-image", args=["0", "1"]).partition("0/1")
    return above, ending


class IconForm(PortalForm):
    icon = forms.FileField(
        label=gettext_lazy("Picture"),
        help_text=gettext_lazy(
            "PNG, JPEG or WebP, at most 512 KB. It is made to fit into 256 × 256."
        ),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )

    def clean_icon(self) -> bytes:
        upload = self.cleaned_data["icon"]
        # One byte more than allowed is enough for the service to refuse it.
        return bytes(upload.read(services.MAX_BYTES + 1))


class IconSet(DefinitionForm):
    template_name = "products/icon_form.html"
    form_class = IconForm
    title = gettext_lazy("Icon")
    submit_label = gettext_lazy("Upload")
    success_message = gettext_lazy("The icon is stored.")

    def service(self, product: Any, *, actor: Any, icon: bytes) -> Any:  # type: ignore[override]
        return services.set_icon(product, actor=actor, content=icon)

    def get_initial(self) -> dict[str, Any]:
        return {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(has_icon=bool(services.key_of(self.object.pk)), **kwargs)


class IconRemove(DefinitionAction):
    service = staticmethod(services.remove_icon)
    title = gettext_lazy("Remove the icon")
    submit_label = gettext_lazy("Remove")
    style = "danger"
    success_message = gettext_lazy("The icon is removed.")

    def get_facts(self) -> list[Fact]:
        return [Fact(_("Product"), self.object.name)]
