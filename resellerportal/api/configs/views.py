"""Tier configurations: list, detail, and the text of the Control Panel."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from customers.service_rights import TIER_CONFIG
from tierconfig.models import TierConfig

from ..shaping import Markdown
from ..shared.texts import markdown
from ..views import ApiView, DetailView, ListView
from .filters import ConfigFilters
from .rendering import ConfigRendering


class Configs(ListView):
    """Tier configurations the key may see."""

    module = TIER_CONFIG
    model = TierConfig
    filters = ConfigFilters
    rendering = ConfigRendering


class ConfigDetail(DetailView):
    """One tier configuration."""

    module = TIER_CONFIG
    model = TierConfig
    rendering = ConfigRendering


class ConfigText(ApiView):
    """The template of the last approval with the values in place, as Markdown."""

    module = TIER_CONFIG
    answers = {"GET": (200, Markdown)}

    def get(self, request: Request, pk: str) -> HttpResponse:
        config = self.visible(TierConfig, pk)
        return markdown(config.template_text)
