"""What all views of the API are made of.

Order of checks (decision 24): the key (401), its right and role (403), whether the object is
visible (404), then the service: right (403), state (400), input (400).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from customers import moments
from customers.actors import Actor
from customers.services.service_users import actor_of

from ..access import PORTALS
from . import errors, lists
from .authentication import ApiKeyAuthentication
from .calls import log_call
from .documents.operations import ApiSchema
from .errors import ApiError, NotFound
from .idempotency import once
from .query import Query
from .reading import JsonOnly, JsonParser, JsonRenderer
from .rql import Filters
from .shaping import Rendering
from .sight import gone
from .throttling import KeyThrottle, show_rate

M = TypeVar("M", bound=Model)
READS = ("GET", "HEAD", "OPTIONS")
#: What is sent with other methods is not read.
BODIES = ("POST", "PUT")


class ApiView(APIView):
    """A view that acts for the partner of a key.

    `module` is the right the key needs, to read or to write; `roles` may enter at all. `fields`
    translates the fields of services' errors into the API's. `body` is the serializer of what is
    sent (`bodies` by method, where they differ); `rendering` or `shape` is what is answered, by
    `answers` per method with the status where neither says it. The documentation reads them.
    """

    module: ClassVar[str]
    roles: ClassVar[tuple[str, ...]] = PORTALS
    fields: ClassVar[Mapping[str, str]] = {}
    body: ClassVar[type[BaseSerializer[Any]] | None] = None
    bodies: ClassVar[Mapping[str, type[BaseSerializer[Any]]]] = {}
    answers: ClassVar[Mapping[str, tuple[int, Any]]] = {}
    #: By method, statuses of refusals beside those that all of its kind have (documents/).
    refuses: ClassVar[Mapping[str, tuple[int, ...]]] = {}
    listing: ClassVar[bool] = False
    #: Its POST may ask a vendor's service, which no transaction may wait for.
    asks_outside: ClassVar[bool] = False

    schema = ApiSchema()
    authentication_classes = [ApiKeyAuthentication]
    permission_classes: list[Any] = []
    throttle_classes = [KeyThrottle]
    parser_classes = [JsonParser]
    renderer_classes = [JsonRenderer]
    content_negotiation_class = JsonOnly
    metadata_class = None  # type: ignore[assignment]

    actor: Actor

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        started = time.perf_counter()
        # Programs read and send UTC, wherever this runs.
        with moments.used("UTC"):
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        response["Cache-Control"] = "no-store, private"
        show_rate(self.request, response)
        log_call(self.request, response, getattr(self, "service_user", None), started)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.auth is None:
            self.permission_denied(request)
        self.service_user = request.auth
        self.actor = actor_of(request.auth, self.module, write=request.method not in READS)
        if self.actor.role not in self.roles:
            allowed = ", ".join(self.roles)
            raise PermissionDenied(_("Keys of these may do this: %(roles)s.") % {"roles": allowed})
        if request.method not in READS and not self.actor.may_act:
            raise PermissionDenied(_("The owner of this key may read and change nothing."))
        length = request.headers.get("Content-Length")
        if request.method in BODIES and "Transfer-Encoding" in request.headers and not length:
            # Such a body is not read; an empty one would be taken for it.
            raise ApiError(_("Content-Length is missing."), code=errors.UNREADABLE, status=411)
        if request.method == "POST" and "Idempotency-Key" in request.headers:
            self._act_once(request)

    def _act_once(self, request: Request) -> None:
        """Let the handler of this request run through the store of answers."""
        act: Callable[..., Response] = self.post  # type: ignore[attr-defined]

        def post(request: Request, *args: Any, **kwargs: Any) -> Response:
            return once(
                request,
                self.service_user,
                lambda: act(request, *args, **kwargs),
                gone=lambda answered: gone(self, answered),
                outside=self.asks_outside,
            )

        self.post = post

    def options(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """What may be done at this address, said by the header Allow alone."""
        return Response(status=204)

    def handle_exception(self, exc: Exception) -> Response:
        if getattr(exc, "status_code", 0) == 401 or isinstance(exc, errors.drf.NotAuthenticated):
            exc.auth_header = self.get_authenticate_header(self.request)  # type: ignore[attr-defined]
        return errors.answer(exc, self.fields)

    def sent(self, body: type[BaseSerializer[Any]] | None = None) -> Any:
        """What was sent, judged by the serializer; raises ValidationError."""
        made = (body or self.body)(data=self.request.data)  # type: ignore[misc]
        made.is_valid(raise_exception=True)
        return made.validated_data

    def query(self) -> Query:
        return Query(self.request.META.get("QUERY_STRING", ""))

    def visible(self, rows: type[M] | QuerySet[M], pk: str, **more: Any) -> M:
        """The object of this id among those the actor sees; NotFound for all others."""
        found = rows if isinstance(rows, QuerySet) else rows._default_manager.visible_to(self.actor)  # type: ignore[attr-defined]
        try:
            return found.get(pk=readable(pk), **more)  # type: ignore[return-value]
        except found.model.DoesNotExist as error:
            raise NotFound(pk) from error


class ListView(ApiView):
    """GET of a list: the rows the actor may see, as the query wants them.

    Where the rendering `reads` rows of values, `rows()` follows from what the actor may see alone.
    """

    listing = True
    model: ClassVar[type[Model]]
    filters: ClassVar[type[Filters]]
    rendering: ClassVar[type[Rendering[Any]]]
    ordering: ClassVar[tuple[str, ...]] = ("-created_at",)

    def rows(self) -> QuerySet[Any]:
        """Narrowed to the actor, in the list's own order."""
        rows = self.model._default_manager.visible_to(self.actor)  # type: ignore[attr-defined]
        return rows.order_by(*self.ordering)

    def get(self, request: Request, **ids: str) -> Response:
        query = self.query()
        if self.rendering.reads and not query.narrows and not query.offset:
            return lists.whole(type(self), self.rows, query, self.actor, self.rendering)
        return lists.answer(self.rows(), query, self.actor, self.filters, self.rendering)


class DetailView(ApiView):
    """GET of one object."""

    model: ClassVar[type[Model]]
    rendering: ClassVar[type[Rendering[Any]]]

    def rows(self) -> QuerySet[Any]:
        return self.model._default_manager.visible_to(self.actor)  # type: ignore[attr-defined]

    def object(self, **ids: str) -> Any:
        """The one of the address; `pk` names it unless the view says otherwise."""
        return self.visible(self.rows(), ids["pk"])

    def get(self, request: Request, **ids: str) -> Response:
        return self.shown(self.object(**ids))

    def shown(self, obj: Any, status: int = 200) -> Response:
        """The object as it is now, read again with what showing it needs."""
        branches = self.rendering.selecting(selected(self.query()))
        rendering = self.rendering(self.actor, branches)
        again = rendering.rows(self.rows()).filter(pk=obj.pk).first()
        return Response(rendering.alone(again if again is not None else obj), status=status)


class Unknown(ApiView):
    """Whatever else is asked for below the base: 404, for those with a key."""

    schema = None  # type: ignore[assignment]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        APIView.initial(self, request, *args, **kwargs)
        if request.auth is None:
            self.permission_denied(request)
        self.service_user = request.auth
        raise ApiError(_("There is nothing at this address."), code=errors.NOT_FOUND, status=404)


def selected(query: Query) -> list[str]:
    """The props of select() of a detail's query, where filters mean nothing."""
    if query.tree is None:
        return []
    return [
        "".join(str(token) for token in prop.scan_values(lambda _token: True))
        for select in query.tree.find_data("select")
        for prop in select.find_data("sign_prop")
    ]


def readable(pk: str) -> str:
    """The id as it may be looked for; NotFound for what no id can be."""
    if not pk.isascii() or not pk.isprintable() or len(pk) > 64:
        raise NotFound(pk)
    return pk
