"""What the tabs of an account show. Each function reads for one tab, as far as the actor sees."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import NoReverseMatch
from django.utils.translation import gettext as _

from customers import tax_ids
from customers.actors import DISTRIBUTOR, RESELLER, VENDOR
from customers.models import AccountVersion, TierAccount, TierAccountRequest
from fulfillment.models import Subscription
from tierconfig.models import TierConfig

from ..generic import Fact
from ..states import badge
from . import differences
from .granting import access
from .seen import named_owner, with_open
from .writing import standing

#: Rows of a tab; the lists have all of them.
LIMIT = 50
#: Versions offered for comparison, more are typed as numbers; and changes on one page.
VERSIONS, CHANGES = 100, 20


def general(view: Any) -> dict[str, Any]:
    account = view.object
    identity = [
        Fact(_("Company name"), account.name),
        Fact(_("External ID"), account.external_id),
        Fact(_("External UUID"), account.external_uid),
        Fact(_("Tax ID"), account.tax_id or None),
        Fact(_("Hub"), account.hub.name if account.hub else None),
    ]
    if view.actor.role != VENDOR:
        identity.append(Fact(_("Created by"), named_owner(view.actor, account)))
    street = ", ".join(filter(None, [account.address_line1, account.address_line2]))
    address = [
        Fact(_("Street"), street),
        Fact(_("Postal code, city"), f"{account.postal_code} {account.city}"),
        Fact(_("State or region"), account.state or None),
        Fact(_("Country"), differences.country(account.country)),
    ]
    contact = [
        Fact(_("Name"), account.contact_name),
        Fact(_("E-mail"), account.contact_email, f"mailto:{account.contact_email}"),
        Fact(_("Phone"), account.phone or None),
    ]
    return {
        "identity": identity,
        "address": address,
        "contact": contact,
        "standing": standing(account),
        "tax_warning": tax_ids.warning(account.tax_id, account.country),
    }


def hierarchy(view: Any) -> dict[str, Any]:
    """The way from the top to the account, and what hangs directly below it."""
    account, actor = view.object, view.actor
    seen = with_open(TierAccount.objects.visible_to(actor), actor)
    above = list(
        seen.filter(tree_id=account.tree_id, lft__lt=account.lft, rght__gt=account.rght)
        .select_related("parent")
        .order_by("lft")
    )
    below = list(seen.filter(parent=account).order_by("name", "pk")[: LIMIT + 1])
    node = _node(view, account)
    node["current"], node["url"] = True, ""
    node["children"] = [_node(view, child) for child in below[:LIMIT]]
    for ancestor in reversed(above):
        node = {**_node(view, ancestor), "children": [node]}
    top = above[0] if above else account
    if actor.role == RESELLER and top.parent is not None:
        # Named, because an order names it as tier 2; no page behind it.
        node = {"tier": _level(top.parent, account), "name": top.parent.name, "children": [node]}
    return {
        "nodes": [node],
        "below": len(below) > LIMIT,
        "below_url": f"{view.url('account-list')}?parent={account.pk}",
        "forest_url": f"{view.url('account-tree')}?open={account.pk}#{account.pk}",
    }


def _node(view: Any, account: Any) -> dict[str, Any]:
    return {
        "tier": _level(account, view.object),
        "name": account.name,
        "url": view.url("account-detail", account.pk),
        "badge": "",
        "open": getattr(account, "open", 0),
    }


def _level(account: TierAccount, seen_from: TierAccount) -> str:
    """Level 1 is the root; tiers count upwards from a customer (4.f)."""
    level = _("Level %(n)d") % {"n": account.level + 1}
    steps = seen_from.level - account.level
    if seen_from.type != TierAccount.Type.CUSTOMER or not 0 <= steps <= 2:
        return level
    return _("%(level)s · Tier %(n)d") % {"level": level, "n": steps}


def subscriptions(view: Any) -> dict[str, Any]:
    account = view.object
    rows = Subscription.objects.visible_to(view.actor).filter(
        Q(customer=account) | Q(tier1=account) | Q(tier2=account)
    )
    rows = rows.select_related("product", "customer").order_by("-created_at", "pk")
    found = list(rows[: LIMIT + 1])
    roles = (("customer_id", _("Customer")), ("tier1_id", _("Tier 1")), ("tier2_id", _("Tier 2")))
    lines = [
        {
            "obj": row,
            "badge": badge(row),
            "url": _page(view, "subscription-detail", row.pk),
            "role": next(label for name, label in roles if getattr(row, name) == account.pk),
        }
        for row in found[:LIMIT]
    ]
    return {"lines": lines, "more": len(found) > LIMIT, "limit": LIMIT}


def configurations(view: Any) -> dict[str, Any]:
    rows = TierConfig.objects.visible_to(view.actor).filter(account=view.object)
    rows = rows.select_related("product").order_by("product__name", "tier_level", "pk")
    found = list(rows[: LIMIT + 1])
    lines = [
        {"obj": row, "badge": badge(row), "url": _page(view, "config-detail", row.pk)}
        for row in found[:LIMIT]
    ]
    return {
        "lines": lines,
        "more": len(found) > LIMIT,
        "limit": LIMIT,
        "begin_url": _begin(view),
    }


def _begin(view: Any) -> str:
    """Where a distributor begins a configuration of this account."""
    account, actor = view.object, view.actor
    fits = account.type == TierAccount.Type.RESELLER and account.decommissioned_at is None
    preview = account.environment == TierAccount.Environment.PREVIEW
    if view.portal != DISTRIBUTOR or not fits or preview or not actor.may_act:
        return ""
    return f"{view.url('config-add')}?account={account.pk}"


def changes(view: Any) -> dict[str, Any]:
    """One entry per change with the verdict of every vendor the actor may read."""
    account = view.object
    before = _number(view.request.GET.get("before", "")) or account.version + 1
    requests = TierAccountRequest.objects.visible_to(view.actor).filter(account=account)
    versions = account.versions.filter(number__lt=before, number__gt=1).order_by("-number")
    if view.portal == VENDOR:
        versions = versions.filter(number__in=requests.values("version"))
    found: list[AccountVersion] = list(versions[: CHANGES + 1])
    shown = found[:CHANGES]
    numbers = {version.number for version in shown}
    verdicts: dict[int, list[Any]] = {}
    for request in requests.filter(version__in=numbers).select_related("product", "vendor"):
        request.badge = badge(request)
        request.url = view.url("request-detail", request.pk)
        request.asked = request.state != TierAccountRequest.State.UNSUPPORTED
        verdicts.setdefault(request.version, []).append(request)
    earlier = account.versions.filter(number__in={number - 1 for number in numbers})
    data = dict(earlier.values_list("number", "data"))
    entries = [
        {
            "version": version,
            "words": differences.changed_words(data.get(version.number - 1, {}), version.data),
            "verdicts": sorted(
                verdicts.get(version.number, []), key=lambda request: request.product.name
            ),
            "url": view.url("change-detail", account.pk, version.number),
        }
        for version in shown
    ]
    older = f"?before={shown[-1].number}" if len(found) > CHANGES else ""
    return {"entries": entries, "older": older, "own": view.portal == VENDOR}


def versions(view: Any) -> dict[str, Any]:
    """Two versions side by side: the chosen ones, else the present one and the one before."""
    account = view.object
    known = list(
        account.versions.order_by("-number").values_list("number", "created_at")[:VERSIONS]
    )
    last = account.version
    after = _number(view.request.GET.get("to", "")) or last
    before = _number(view.request.GET.get("from", "")) or max(after - 1, 1)
    data = dict(account.versions.filter(number__in=[before, after]).values_list("number", "data"))
    there = before in data and after in data
    rows = []
    if there and before != after:
        told = {account.parent_id} if account.parent_named else set()
        named = differences.named_parents(view.actor, data[before], data[after], known=told)
        rows = differences.rows(data[before], data[after], named)
    return {
        "versions": known,
        "before": before,
        "after": after,
        "rows": rows,
        "unknown": not there,
        "last": last,
        "typed": last > VERSIONS,
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _page(view: Any, name: str, pk: str) -> str:
    try:
        return view.url(name, pk)
    except NoReverseMatch:
        return ""


READ = {
    "": general,
    "hierarchy": hierarchy,
    "subscriptions": subscriptions,
    "configurations": configurations,
    "changes": changes,
    "versions": versions,
    "access": access,
}
