"""The cast with everything a form can be about: each kind of request in each state with a form."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers.imports import services
from customers.models import Product, TierAccount
from customers.service_rights import READ_ONLY
from customers.services.accounts import edit_account
from customers.services.service_users import create_service_user
from fulfillment.reporting.asking import request_report
from fulfillment.reporting.scheduling import schedule_report
from fulfillment.services.schedule import schedule_request
from tests import factories
from tests.customers.imports import files
from tests.customers.receiver import endpoint, message
from tests.factories import steps
from tests.fulfillment.test_drafts import draft as drafted
from tests.resellerportal.test_api_keys import call
from tests.security.forms import MARKUP
from tierconfig.models import Parameter

CHOICES = {"choices": [{"value": "a", "label": f"A {MARKUP}"}, {"value": "b", "label": "B"}]}
#: Required, so that an order asks for it.
ASKED = "asked"


def parameters(product: Product, scope: str) -> None:
    """One of each type in both phases, described by a vendor who means harm."""
    for phase in ("ordering", "fulfillment"):
        for kind in Parameter.Type.values:
            factories.parameter(
                product,
                scope,
                f"{scope}_{phase}_{kind}",
                type=kind,
                phase=phase,
                title=f"{kind} {MARKUP}",
                description=MARKUP,
                hint=MARKUP,
                placeholder=MARKUP,
                constraints=CHOICES,
            )
    factories.parameter(product, scope, f"{scope}_{ASKED}", required=True, title=ASKED)


def product(cast: Any, *scopes: str, level: int = 0) -> Product:
    made = factories.product(
        cast.partners["vendor"],
        name=f"Product {MARKUP}",
        short_description=MARKUP,
        authorization_level=level,
        tier_accounts_sync=True,
    )
    factories.offer(made, cast.partners["distributor"])
    factories.item(made, name=f"Item {MARKUP}")
    for scope in scopes:
        parameters(made, scope)
    for scope, kind in (("asset", "fulfillment"), ("asset", "inquire"), ("tier1", "")):
        body = f"# {MARKUP}\n\n[x](javascript:alert(7357)) {{{{ asset_{ASKED} }}}}"
        factories.template(made, scope, kind, name=MARKUP, body=body)
    return made


def objects(cast: Any) -> dict[str, list[Any]]:
    """Objects by model part of the URL names."""
    TierAccount.objects.filter(pk=cast.nordlicht.pk).update(city=f"Kiel {MARKUP}")
    cast.partners["vendor"].name = f"Vendor {MARKUP}"[:64]
    cast.partners["vendor"].save()
    vendor = cast.actor("vendor")
    cast.order()
    first = product(cast, "tier1", level=1)
    orders = [cast.order(product=first, note=MARKUP, external_id=MARKUP)]
    pending = steps.answer(
        steps.setup(1, configuration__product=first),
        **{f"tier1_{ASKED}": MARKUP, "tier1_ordering_text": MARKUP},
    )
    second = product(cast, "tier1", level=1)
    cast.order(product=second)
    ready = product(cast, "tier1", level=1)
    cast.order(product=ready)
    steps.configure(1, vendor, configuration__product=ready)
    hooks = [
        endpoint(cast.partners[name], "https://partner.example/hook")
        for name in ("vendor", "distributor", "reseller")
    ]
    asset = product(cast, "asset")
    orders.append(cast.order(product=asset))
    orders += running(cast, asset)
    name = {"name": f"Kirlin {MARKUP}", "contact_last_name": MARKUP[:100]}
    _account, raised = edit_account(cast.kirlin, actor=cast.actor("distributor"), data=name)
    return {
        "account": [cast.umbrella, cast.nordlicht, cast.kirlin],
        "change": [cast.kirlin],
        "access": [cast.nordlicht.access.get()],
        "request": [next(each for each in raised if each.state == "pending")],
        "config": [steps.config(1, product=ready), steps.config(1, product=first)],
        "config-request": [
            steps.setup(2),
            pending,
            steps.setup(1, configuration__product=second),
            steps.setup(1, configuration__product=ready),
        ],
        "subscription": [orders[1].subscription, active(cast, asset)],
        "order": orders,
        "product": [cast.product, first, asset],
        "readiness": [cast.nordlicht],
        "report": [
            request_report("orders", actor=cast.actor(name), format="csv")
            for name in ("vendor", "distributor", "reseller")
        ],
        "schedule": [
            schedule_report("orders", actor=cast.actor(name), format="csv", repeat="monthly")
            for name in ("vendor", "distributor", "reseller")
        ],
        "webhook": hooks,
        "webhook-message": [message(each) for each in hooks],
        "api-key": [key(cast, name) for name in ("vendor", "distributor", "reseller")],
        "import": [each for name in ("distributor", "reseller") for each in imports(cast, name)],
    }


def key(cast: Any, name: str) -> Any:
    """A key of the API, and a call of it."""
    made, _secret = create_service_user(
        actor=cast.actor(name, "administrator"),
        name=MARKUP[:128],
        description=MARKUP,
        rights=READ_ONLY,
    )
    call(made, path=f"/public/v1/{MARKUP}"[:500])
    return made


def running(cast: Any, sold: Product) -> list[Any]:
    """Orders with all values: pending, planned, and the draft of one."""
    Product.objects.filter(pk=sold.pk).update(
        administrative_hold=True, editable_ordering_parameters=True, schedules_purchases=True
    )
    sold.refresh_from_db()
    pending, planned = ordered(cast, sold), ordered(cast, sold)
    schedule_request(
        planned, actor=cast.actor("vendor"), planned_date=timezone.now() + timedelta(days=3)
    )
    values = {"asset": {f"asset_{ASKED}": MARKUP}}
    bought = {"product": sold, "items": {sold.items.get().pk: 2}, "values": values, "note": MARKUP}
    begun = drafted(cast, "distributor", connection=sold.connections.get(), **bought)
    return [pending, planned, begun]


def ordered(cast: Any, sold: Product) -> Any:
    return cast.order(product=sold, values={"asset": {f"asset_{ASKED}": MARKUP}})


def active(cast: Any, sold: Product) -> Any:
    return steps.fulfil(ordered(cast, sold), cast.actor("vendor")).subscription


def imports(cast: Any, name: str) -> list[Any]:
    """One whose columns are still to be named, and one with a row that is wrong."""
    actor, provider = cast.actor(name), cast.partners["distributor"]
    named = f"{MARKUP}.csv"
    rows = [files.row(f"Alpha {name}", parent_id=cast.nordlicht.pk), files.row(f"Beta {MARKUP}")]
    batch = files.upload(actor, provider, rows, named)
    services.check_batch(batch, actor=actor)
    return [
        files.upload(actor, provider, f"{MARKUP},Ort\n{MARKUP},Kiel\n", named),
        files.run(batch),
    ]
