"""Where the loaded rows differ from what was recorded; docs/fixtures.md says the same."""

from __future__ import annotations

from typing import NamedTuple

#: Kinds of deviations.
NO_PLACE = "no place"
DERIVED = "derived"
CHANGED = "changed"
INVENTED = "invented"
REPEATED = "repeated"


class Deviation(NamedTuple):
    """`path` is a pattern over the dotted paths of the record; of an invented value, the column.

    `same_as` names, for a repeated value, the place whose value was taken: a path of the same
    record, or record:path.
    """

    record: str
    path: str
    kind: str
    note: str
    same_as: str = ""


_ICON = "Icons are not kept."
_NULL_HUB = "The hub of preview is no row; serializers render it."
_CONTRACT = "There is no model of contracts."
_SERVICE_USER = "There is no model of service users yet, so nobody can be assigned."
_LAST_EDITOR = "Only events say who acted; a later update has a time, but no person."

_TABLE: dict[str, tuple[tuple[str, ...], ...]] = {
    "product": (
        ("icon", NO_PLACE, _ICON),
        ("configurations.*", NO_PLACE, "Suspend and resume are not built."),
        ("category.*", NO_PLACE, "There is no model of categories."),
        ("capabilities.ppu", NO_PLACE, "Capability not built."),
        ("capabilities.reservation.*", NO_PLACE, "Capability not built."),
        ("capabilities.cart.*", NO_PLACE, "Capability not built."),
        ("capabilities.inquiring.*", NO_PLACE, "Capability not built."),
        ("capabilities.tiers.validation", NO_PLACE, "Capability not built."),
        ("capabilities.subscription.*", NO_PLACE, "Capability not built."),
        ("visibility.*", NO_PLACE, "Visibility follows from listings."),
        ("created_at", INVENTED, "1 January 2019, as for every product referred to."),
    ),
    "parameters": (
        ("*.events.*.by.*", NO_PLACE, "Definitions do not say who wrote them."),
        ("product", INVENTED, "Taken from the digits of the parameter's id."),
    ),
    "templates": (
        ("0.title", REPEATED, "The name is kept.", "0.name"),
        ("1.title", REPEATED, "The name is kept.", "1.name"),
        ("product", INVENTED, "The one whose parameters were recorded beside them."),
    ),
    "marketplace": (
        ("description", NO_PLACE, "Marketplaces have no description."),
        ("active_contracts", NO_PLACE, _CONTRACT),
        ("icon", NO_PLACE, _ICON),
        ("hubs.*.external_id", NO_PLACE, "Hubs and marketplaces are not mapped to each other."),
        ("countries.*.name", DERIVED, "Follows from the code."),
        ("countries.*.icon", NO_PLACE, _ICON),
        ("countries.*.zone", DERIVED, "Follows from the code."),
        ("currency", INVENTED, "EUR."),
        ("hubs.*.type", INVENTED, "OA, as their names say."),
    ),
    "tier_account": (
        ("scopes", DERIVED, "From live subscriptions; none, as recorded."),
        ("hub.*", NO_PLACE, _NULL_HUB),
        ("contact_info.contact.phone_number.extension", CHANGED, "“-” stands for none: empty."),
        ("provider", INVENTED, "The record names no distributor: PA-000-001."),
        ("versions", INVENTED, "Version 1 is not recorded: a copy of version 2."),
        ("parent.contact_info", INVENTED, "Only name and external ID are recorded: “-”, US."),
        ("parent.external_uid", INVENTED, "Computed from the account's id."),
    ),
    "account_requests": (
        ("0.account.scopes.*", DERIVED, "From live subscriptions; none recorded, so none shown."),
        ("0.account.hub.*", NO_PLACE, _NULL_HUB),
        ("0.account.contact_info.country", CHANGED, "Codes are kept in capitals: TR."),
        ("*.product.icon", NO_PLACE, _ICON),
        ("0.account.marketplace.*", CHANGED, "Kept as a marketplace, not linked to the account."),
        ("1.account.*", REPEATED, "One account in both.", "0.account"),
        ("1.vendor.name", REPEATED, "One vendor in both.", "0.vendor.name"),
        ("1.provider.name", REPEATED, "One distributor in both.", "0.provider.name"),
        ("1.id", CHANGED, "The change number 007 would mean version 8, as recorded; kept."),
        ("0.id", CHANGED, "The change number 004 would mean version 5; kept beside version 8."),
        ("type", INVENTED, "The account was tier 1 somewhere, so it is a reseller; a root."),
        ("versions", INVENTED, "Versions 1 to 7 are not recorded: copies of version 8."),
        ("changed", INVENTED, "Which fields changed is not recorded: none."),
        ("tier_accounts_sync", INVENTED, "On for the pending one's product, off for the other."),
    ),
    "account_request_ignored": (
        ("vendor.name", REPEATED, "Known already.", "account_requests:0.vendor.name"),
        ("provider.name", REPEATED, "Known already.", "account_requests:0.provider.name"),
        ("product.icon", NO_PLACE, _ICON),
        ("product.name", REPEATED, "Known already.", "account_requests:0.product.name"),
        ("product.status", REPEATED, "Known already.", "account_requests:0.product.status"),
        ("version", INVENTED, "6, from the change number 005; the account is left out."),
        ("decided_at", INVENTED, "The time of the last update."),
    ),
    "tier_config": (
        ("name", DERIVED, "From the account's id."),
        ("product.icon", NO_PLACE, _ICON),
        ("params.0.scope", CHANGED, "Recorded as asset; kept, so no tier form shows it."),
        ("tiers.tier1.*", REPEATED, "The account itself.", "account"),
        ("marketplace.icon", NO_PLACE, _ICON),
        ("contract.*", NO_PLACE, _CONTRACT),
        ("configured_at", INVENTED, "The time of the last update; no request is recorded."),
        ("authorization_level", INVENTED, "1, as there is a tier 1 configuration."),
    ),
    "config_request": (
        ("configuration.name", DERIVED, "From the account's id."),
        ("configuration.product.name", CHANGED, "The same id is “Sample product” elsewhere; kept."),
        ("configuration.product.icon", NO_PLACE, _ICON),
        ("configuration.connection.type", DERIVED, "A configuration without connection: preview."),
        ("configuration.connection.id", NO_PLACE, "The connection of preview is no row."),
        ("configuration.connection.hub.*", NO_PLACE, _NULL_HUB),
        ("configuration.params.0.*", REPEATED, "The definition.", "params.0"),
        ("configuration.open_request.id", REPEATED, "The request itself.", "id"),
        ("configuration.marketplace.icon", NO_PLACE, _ICON),
        ("events.updated.by.*", NO_PLACE, _LAST_EDITOR),
        ("assignee.*", NO_PLACE, _SERVICE_USER),
        ("tiers.tier1.*", REPEATED, "The configuration's account.", "configuration.account"),
        ("tiers.tier2", DERIVED, "None."),
        ("inquiry", INVENTED, "Number 1, to the contact; the link has expired."),
    ),
    "config_request_approved": (
        ("events.updated.by.*", NO_PLACE, _LAST_EDITOR),
        ("template.id", REPEATED, "", "configuration.template.id"),
        ("template.name", REPEATED, "", "configuration.template.name"),
        ("configuration.name", DERIVED, "From the account's id."),
        ("configuration.account.id", REPEATED, "", "tiers.tier1.id"),
        ("configuration.events.updated.by.*", NO_PLACE, _LAST_EDITOR),
        ("configuration.contract.id", NO_PLACE, _CONTRACT),
        ("parent_configuration.name", DERIVED, "From the account's id."),
        ("parent_configuration.account.id", REPEATED, "", "tiers.tier2.id"),
        ("parent_configuration.product.id", REPEATED, "", "configuration.product.id"),
        ("parent_configuration.connection.id", REPEATED, "", "configuration.connection.id"),
        ("parent_configuration.events.updated.by.*", NO_PLACE, _LAST_EDITOR),
        ("parent_configuration.contract.id", NO_PLACE, _CONTRACT),
        ("parent_configuration.marketplace.id", REPEATED, "", "configuration.marketplace.id"),
        ("requests", INVENTED, "002, which must have set sdfgk, and 003, known by its id only."),
        ("partners", INVENTED, "VA-000-001, PA-000-001 and hub HB-0000-0001."),
        ("names", INVENTED, "Product and marketplace are named by their ids."),
        ("definitions", INVENTED, "Tier 2 parameters: text, required."),
        ("tiers.*.contact_info", INVENTED, "Shortened in the record: “-”, US."),
        ("tiers.*.external_uid", INVENTED, "Computed from the account's id."),
    ),
    "purchase": (
        ("activation_key", NO_PLACE, "Empty until approval; then the rendered text."),
        ("asset.product.icon", NO_PLACE, _ICON),
        ("asset.connection.id", NO_PLACE, "The connection of preview is no row."),
        ("asset.connection.hub.*", NO_PLACE, _NULL_HUB),
        ("asset.contract.*", NO_PLACE, _CONTRACT),
        ("asset.marketplace.icon", NO_PLACE, _ICON),
        ("asset.params.0.name", NO_PLACE, "The title is kept."),
        ("asset.params.0.value", CHANGED, "An empty value is no value."),
        ("asset.items.0.quantity", CHANGED, "Text in the record, a number here."),
        ("asset.items.0.old_quantity", CHANGED, "Text in the record, a number here."),
        ("asset.items.0.params.*", NO_PLACE, "Items have no parameters yet."),
        ("asset.configuration.params", NO_PLACE, "Configuration-phase values are not built."),
        ("contract.*", REPEATED, "", "asset.contract"),
        ("marketplace.*", REPEATED, "", "asset.marketplace"),
        ("assignee", NO_PLACE, "Nobody."),
        ("asset.params.0.phase", INVENTED, "Ordering, scope asset, not required."),
    ),
    "purchase_inquiring": (
        ("assignee.*", NO_PLACE, _SERVICE_USER),
        ("params_form_url", NO_PLACE, "Codes are computed from a key of one's own, never stored."),
        ("subscription", INVENTED, "AS-6298-1377-1527, otherwise like the order of `purchase`."),
        ("template.type", INVENTED, "Fulfillment, as its name says."),
        ("inquiry", INVENTED, "Number 1, to the customer's contact; the link has expired."),
    ),
}

DEVIATIONS = tuple(Deviation(record, *row) for record, rows in _TABLE.items() for row in rows)

#: Recorded files that are not loaded -> why.
NOT_LOADED = {
    "account_request_body": "A request body; a test sends its data through the edit of an account.",
    "config_request_body": "A request body of the API, which is not built yet.",
    "action": "There is no model of actions yet.",
    "conversation": "There is no model of conversations yet.",
    "message": "There is no model of messages yet.",
    "error": "An answer of the API, which is not built yet.",
}


def as_markdown() -> str:
    """The tables of docs/fixtures.md."""
    lines = ["| Record | Value | | What became of it |", "|---|---|---|---|"]
    for each in DEVIATIONS:
        note = each.note
        if each.same_as:
            note = f"{note} See `{each.same_as}`.".strip()
        lines.append(f"| {each.record} | `{each.path}` | {each.kind} | {note} |")
    lines += ["", "| Not loaded | Why |", "|---|---|"]
    lines += [f"| {name} | {why} |" for name, why in NOT_LOADED.items()]
    return "\n".join(lines) + "\n"
