"""Reads lists in every way the client knows, and asks for what cannot be had."""

import asyncio

from calling import client, given, refused, tell
from connect.client import AsyncConnectClient, ConnectClient, R

distributor = client("distributor", default_limit=25)
accounts = distributor.ns("tier").accounts


def ids(rows):
    return [each["id"] for each in rows]


def lists():
    ordered = accounts.all().order_by("name", "id")
    whole = ids(ordered)
    day = given["since"]
    return {
        "whole": whole,
        "count": ordered.count(),
        "first": ordered.first()["id"],
        "fifth": accounts.all().order_by("name", "id")[4]["id"],
        "slice": ids(accounts.all().order_by("name", "id")[2:5]),
        "backwards": ids(accounts.all().order_by("-name").limit(3)[0:3]),
        "none": [accounts.filter(name="Nobody").first(), accounts.filter(name="Nobody").count()],
        "keywords": ids(accounts.filter(name=given["customer"], type="customer")),
        "like": ids(accounts.filter(R().name.ilike("*nordlicht s*"))),
        "accents": ids(accounts.filter(R().name.ilike("*é*"))),
        "either": ids(accounts.filter(R().id.eq(whole[3]) | R().id.eq(whole[5])).order_by("name")),
        "in": ids(accounts.filter(R().id.oneof(whole[:3])).order_by("name", "id")),
        "roots": accounts.filter(R().parent.id.null(True)).count(),
        "not": accounts.filter("not(eq(type,reseller))").count(),
        "since": accounts.filter(R().events.created.at.ge(day)).count(),
        "before": accounts.filter(R().events.created.at.lt(day)).count(),
        "unknown": accounts.filter(colour="blue").count(),
        "searched": accounts.all().search(given["customer"].lower()).count(),
        "lean": sorted(accounts.all().select("-contact_info")[0]),
        "values": next(
            iter(accounts.filter(id=whole[0]).values_list("id", "contact_info.country"))
        ),
        "exists": [accounts[whole[0]].exists(), accounts["TA-0000-0000-0000"].exists()],
    }


def errors():
    stranger = ConnectClient("ApiKey SU-000-000-000:nothing", endpoint=given["endpoint"])
    return {
        "stranger": refused(stranger.hubs.all().first),
        "unknown": refused(accounts["TA-0000-0000-0000"].get),
        "foreign": refused(accounts[given["foreign"]].get),
        "syntax": refused(accounts.filter("eq(name,").first),
        "ordering": refused(accounts.all().order_by("colour").first),
        "value": refused(accounts.filter(R().events.created.at.ge("yesterday")).first),
        "nowhere": refused(distributor.nowhere.all().first),
        "empty": refused(accounts.create, {}),
        "right": refused(distributor.products[given["product_id"]].update, {"name": "Mine"}),
    }


def writing():
    made = accounts.create(
        {
            "type": "customer",
            "name": "Räucherei Momme",
            "external_id": 4711,
            "external_uid": "8f0c0b7e-58a1-4a0c-9a6a-0d2d5f5a1f10",
            "parent": {"id": given["parent"]},
            "contact_info": {
                "address_line1": "Am Hafen 3",
                "address_line2": None,
                "city": "Husum",
                "state": "SH",
                "postal_code": "25813",
                "country": "DE",
                "contact": {
                    "first_name": "Momme",
                    "last_name": "Jensen",
                    "email": "momme@raeucherei.example",
                    "phone_number": {
                        "country_code": "+49",
                        "area_code": "",
                        "phone_number": "48412345",
                        "extension": "-",
                    },
                },
            },
        }
    )
    one = accounts[made["id"]]
    renamed = one.update({"name": "Räucherei Jensen"})
    deleted = one.delete()
    return {
        "made": made,
        "renamed": [renamed["name"], renamed["version"]],
        "deleted": [deleted, "decommissioned" in one.get()["events"]],
    }


async def at_once():
    """The other client of the package, with calls that overlap."""
    other = AsyncConnectClient(given["vendor_api_key"], endpoint=given["endpoint"], max_retries=0)
    products = other.products.filter(R().name.ilike("directory*")).order_by("name")
    count, first = await asyncio.gather(products.count(), other.products.all().first())
    return {
        "count": count,
        "first": bool(first["id"]),
        "names": [each["name"] async for each in products],
        "searched": await other.products.all().search("directory sync").count(),
        "missing": await other.products["PRD-000-000-000"].exists(),
    }


tell({"lists": lists(), "errors": errors(), "writing": writing(), "async": asyncio.run(at_once())})
