"""Segments of holding of requests that were there before segments were recorded.

They are made from the events of a request. Where events are missing, the vendor held it from its
creation to its decision, or whoever holds it now since it was created.
"""

from itertools import islice

from django.db import migrations

BATCH = 2000
FINAL = ("accepted", "ignored", "unsupported", "approved", "failed", "revoked")
HOLDERS = {"draft": "creator", "tiers_setup": "configuration", "inquiring": "contact"}
COMMON = ("pk", "state", "created_at", "state_since", "decided_at", "vendor_id", "provider_id")


def spans(state, born, since, decided, moves):
    """(state, from, until) of the segments; `moves` are (state, at) of its events in order."""
    points = []
    for name, at in moves:
        if name in FINAL or (points and points[-1][0] == name):
            continue
        at = max(at, points[-1][1]) if points else born
        points.append((name, min(at, decided) if decided else at))
    if not points:
        points.append(("pending" if decided else state, born))
    elif not decided and points[-1][0] != state:
        points.append((state, max(since, points[-1][1])))
    ends = [*(at for _name, at in points[1:]), decided]
    return [(name, at, end) for (name, at), end in zip(points, ends, strict=True)]


def fill(apps, rows, kind):
    """Write the segments of `rows`: (*COMMON, product, creator, asked account)."""
    Event, Holding = apps.get_model("customers", "Event"), apps.get_model("customers", "Holding")
    source = rows.iterator(chunk_size=BATCH)
    while chunk := list(islice(source, BATCH)):
        moves = {}
        events = Event.objects.filter(object_id__in=[row[0] for row in chunk]).exclude(to_state="")
        for pk, state, at in events.order_by("at").values_list("object_id", "to_state", "at"):
            moves.setdefault(pk, []).append((state, at))
        made = []
        for pk, state, born, since, decided, vendor, provider, *about in chunk:
            if state == "unsupported":
                continue
            product, creator, asked = about
            for name, at, end in spans(state, born, since, decided, moves.get(pk, ())):
                holder = HOLDERS.get(name, "vendor")
                made.append(
                    Holding(
                        object_type=kind,
                        object_id=pk,
                        state=name,
                        holder=holder,
                        partner_id={"vendor": vendor, "creator": creator}.get(holder),
                        account_id=asked if holder == "contact" else None,
                        product_id=product,
                        vendor_id=vendor,
                        provider_id=provider,
                        started_at=at,
                        ended_at=end,
                    )
                )
        Holding.objects.bulk_create(made, batch_size=500)


def backfill(apps, schema_editor):
    apps.get_model("customers", "Holding").objects.all().delete()
    for app, name, related in (
        ("customers", "TierAccountRequest", ("product_id", "provider_id", "account_id")),
        (
            "tierconfig",
            "TierConfigRequest",
            ("configuration__product_id", "creator_id", "configuration__account_id"),
        ),
        (
            "fulfillment",
            "FulfillmentRequest",
            ("subscription__product_id", "creator_id", "subscription__customer_id"),
        ),
    ):
        rows = apps.get_model(app, name).objects.order_by("pk").values_list(*COMMON, *related)
        fill(apps, rows, name.lower())


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0014_fulfillment_complete"),
        ("tierconfig", "0004_endings_by_time"),
        ("fulfillment", "0005_every_request_type"),
    ]

    operations = [migrations.RunPython(backfill, migrations.RunPython.noop)]
