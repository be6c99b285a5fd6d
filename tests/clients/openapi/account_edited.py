"""An account is edited; the vendor of each product that it buys hears of it and decides."""

from calling import client, given, refused, tell
from connect.client import R

vendor, distributor = client("vendor"), client("distributor")


def requests_of(asking, account, **more):
    return asking.ns("tier").account_requests.filter(R().account.id.eq(account), **more)


accounts = distributor.ns("tier").accounts
account = accounts.filter(name=given["account"]).first()
version = account["version"]

edited = accounts[account["id"]].update({"contact_info": {"address_line1": "Am Sandtorkai 77"}})
raised = list(requests_of(distributor, account["id"]).filter(R().account.version.gt(version)))
pending = (
    requests_of(vendor, account["id"], status="pending").order_by("-events.created.at").first()
)
seen_by_vendor = pending["account"]["contact_info"]["address_line1"]

asked = vendor.ns("tier").account_requests[pending["id"]]
accepted = asked("accept").post()
again = refused(asked("accept").post)
foreign = refused(distributor.ns("tier").account_requests[pending["id"]]("accept").post)

change = {"id": account["id"], "external_id": "NORD-7", "tax_id": "DE811907980"}
by_request = distributor.ns("tier").account_requests.create({"type": "update", "account": change})
second = next(each for each in by_request if each["status"] == "pending")
ignored = vendor.ns("tier").account_requests[second["id"]]("ignore").post({"reason": "Not for us"})
unchanged = refused(
    distributor.ns("tier").account_requests.create, {"type": "update", "account": change}
)
now = accounts[account["id"]].get()

tell(
    {
        "version": [version, edited["version"], now["version"]],
        "street": [edited["contact_info"]["address_line1"], seen_by_vendor],
        "untouched": [account["contact_info"]["city"], now["contact_info"]["city"]],
        "raised": sorted((each["product"]["name"], each["status"]) for each in raised),
        "accepted": [accepted["id"] == pending["id"], accepted["status"]],
        "again": again,
        "foreign": foreign,
        "by_request": sorted((each["product"]["name"], each["status"]) for each in by_request),
        "ignored": [ignored["status"], ignored["reason"]],
        "unchanged": unchanged,
        "kept": [now["external_id"], now["tax_id"]],
    }
)
