"""A URLconf with one address that takes POST: it makes a hub, and counts how often it was asked."""

from __future__ import annotations

import time
from typing import Any

from django.urls import path
from rest_framework.response import Response

from customers import identifiers
from customers.models import Hub
from resellerportal.api.errors import ApiError
from resellerportal.api.views import ApiView


class MakeHub(ApiView):
    module = "account"

    def post(self, request: Any) -> Response:
        sent = request.data
        made = identifiers.insert(Hub, "HB", provider=self.actor.partner, name=sent["name"])
        if sent.get("slow"):
            time.sleep(0.2)
        if sent.get("refuse") == "raise":
            raise ApiError("Not like this.")
        if sent.get("refuse") == "answer":
            return Response({"error_code": "X", "errors": ["No."]}, status=409)
        if sent.get("nothing"):
            return Response(status=204)
        return Response({"id": made.pk, "name": made.name, "tax": None}, status=201)


class MakeHubOutside(MakeHub):
    asks_outside = True


urlpatterns = [
    path("public/v1/make", MakeHub.as_view()),
    path("public/v1/make-too", MakeHub.as_view()),
    path("public/v1/outside", MakeHubOutside.as_view()),
]
