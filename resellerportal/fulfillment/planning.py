"""Orders for a later date: planned by the vendor, wanted back by the distributor."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from fulfillment.services import requests as services
from fulfillment.services.schedule import may_be_scheduled

from .. import cells
from ..generic import Fact, PortalActionView
from ..processing.forms import ReasonForm
from ..queue.onward import Onward
from .actions import OrderStep
from .forms import ScheduleForm
from .wording import words


class OrderSchedule(Onward, OrderStep, PortalActionView):
    step = "schedule"
    service = staticmethod(services.schedule_request)
    form_class = ScheduleForm
    title = gettext_lazy("Approve the order later")
    submit_label = gettext_lazy("Schedule")
    question = gettext_lazy(
        "You accept the order for a later date. Until then nothing changes, and the distributor "
        "may ask for it back."
    )

    def check(self) -> None:
        super().check()
        if not may_be_scheduled(self.object):
            raise PermissionDenied

    def among(self) -> Q:
        """With those only whose products schedule orders of their type."""
        kinds = [kind for kind in self.model.Type.values if kind != self.model.Type.ADJUSTMENT]
        switch = "subscription__product__schedules_{}s"
        scheduled = (Q(type=kind, **{switch.format(kind): True}) for kind in kinds)
        return super().among() & reduce(or_, scheduled)

    def get_success_message(self, result: Any) -> str:
        return _("Scheduled for %(date)s.") % {"date": cells.absolute(result.planned_date)}


class OrderRevoke(OrderStep, PortalActionView):
    step = "revoke"
    service = staticmethod(services.revoke_request)
    form_class = ReasonForm
    title = gettext_lazy("Ask for the order back")
    submit_label = gettext_lazy("Ask for it back")
    style = "danger"
    question = gettext_lazy(
        "The vendor has accepted this order for a later date. It confirms that it will not be "
        "carried out, or approves it all the same when it has begun."
    )
    success_message = gettext_lazy("The vendor is asked to confirm.")


class OrderConfirm(Onward, OrderStep, PortalActionView):
    step = "confirm"
    service = staticmethod(services.confirm_request)
    title = gettext_lazy("Confirm the revocation")
    submit_label = gettext_lazy("Confirm the revocation")
    success_message = gettext_lazy("The order is revoked.")

    def get_question(self) -> str:
        return str(words(self.object).ending)

    def get_facts(self) -> list[Any]:
        return [*super().get_facts(), Fact(_("The distributor's reason"), self.object.reason)]
