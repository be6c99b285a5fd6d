"""A product with parameters of both tiers is ordered, twice; nothing but the API is used."""

from calling import client, given, refused, tell
from connect.client import R

vendor, distributor, reseller = client("vendor"), client("distributor"), client("reseller")
product = vendor.products[given["product_id"]]
steps = []


def note(step, told=None):
    """Where the order stands now, as the distributor reads it."""
    steps.append([step, distributor.requests[order["id"]].get()["status"], told])
    print(*steps[-1])


def order_of(customer, quantity):
    item = distributor.products[given["product_id"]].items.all().first()
    return distributor.requests.create(
        {
            "type": "purchase",
            "marketplace": {"id": given["marketplace_id"]},
            "asset": {
                "external_uid": f"{customer['external_uid'][:-3]}{quantity:03}",
                "external_id": f"order-{quantity}",
                "product": {"id": given["product_id"]},
                "connection": {"id": given["connection_id"], "type": "production"},
                "items": [{"id": item["id"], "quantity": quantity}],
                "params": [{"id": "tenant_name", "value": f"tenant {quantity}"}],
                "tiers": {"customer": {"id": customer["id"]}},
            },
        }
    )


def configurations(level):
    """The setup of the tier's reseller: its one request, as the vendor finds it."""
    asked = R().configuration.product.id.eq(given["product_id"])
    asked &= R().configuration.tier_level.eq(level)
    return vendor.ns("tier").config_requests.filter(asked)


def template(scope):
    return product.templates.filter(scope=scope, type="fulfillment").first()["id"]


def asked_of(request):
    """Parameters of the request that lack a value though they need one."""
    return sorted(
        each["id"]
        for each in request["params"]
        if each["constraints"]["required"] and not each.get("value")
    )


def answer(asking, request, name, value):
    """Fill in what was asked, and hand it over."""
    found = asking.ns("tier").config_requests[request["id"]]
    found.update({"params": [{"id": name, "value": value}]})
    return found("pend").post()


customer = distributor.ns("tier").accounts.filter(name=given["customer"]).first()
order = order_of(customer, 5)
waits = configurations(2).first()
note("ordered", [waits["status"], configurations(1).first()["status"], asked_of(waits)])

answered = answer(distributor, waits, "group_name", "Umbrella")
approved = (
    vendor.ns("tier")
    .config_requests[waits["id"]]("approve")
    .post({"template": {"id": template("tier2")}})
)
first = configurations(1).first()
note("tier 2 approved", [answered, first["status"], asked_of(first)])

own = reseller.ns("tier").config_requests.filter(status="inquiring", id=first["id"]).first()
answer(reseller, own, "reseller_name", "Nordlicht")
setup = vendor.ns("tier").config_requests[first["id"]]
incomplete = refused(setup("approve").post, {"template": {"id": template("tier1")}})
setup.update({"params": [{"id": "reseller_id", "value": "R-1"}], "notes": "Made by hand"})
setup("approve").post({"template": {"id": template("tier1")}})
note("tier 1 approved", incomplete)

handled = vendor.requests[order["id"]]
unready = refused(handled("approve").post, {"template_id": template("asset")})
handled.update({"asset": {"params": [{"id": "tenant_id", "value": "T-1"}]}, "note": "Ready"})
done = handled("approve").post({"template_id": template("asset")})
note("approved", unready)
asset = vendor.assets[done["asset"]["id"]].get()
bought = distributor.assets[asset["id"]].get()
twice = refused(order_of, customer, 5)

known = distributor.ns("tier").configs.filter(R().product.id.eq(given["product_id"]))
second = order_of(customer, 2)
tell(
    {
        "steps": steps,
        "template": approved["template"]["id"] == template("tier2"),
        "asset": [asset["status"], {each["id"]: each["value"] for each in asset["params"]}],
        "bought": [bought["status"], [each["id"] for each in bought["params"]]],
        "quantity": [each["quantity"] for each in asset["items"]],
        "tiers": {name: tier["name"] for name, tier in asset["tiers"].items()},
        "configs": sorted(
            [each["tier_level"], each["account"]["name"], each["status"]] for each in known
        ),
        "twice": twice,
        "second": second["status"],
        "open": configurations(1).filter(status="pending").count(),
        "requests": [each["type"] for each in distributor.assets[asset["id"]].requests.all()],
    }
)
