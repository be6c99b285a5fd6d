"""Trigram indexes for `icontains` on external ids, which Django writes as UPPER(…) LIKE.

PostgreSQL only; they serve searches of three letters and more. The extension comes from the
migration of the accounts' own.
"""

from django.db import migrations

INDEXES = {
    "fulfillment_subscription_external_trgm": "UPPER(external_id)",
    "fulfillment_subscription_uid_trgm": "UPPER(external_uid)",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, expression in INDEXES.items():
        schema_editor.execute(
            f"CREATE INDEX {name} ON fulfillment_subscription "
            f"USING gin (({expression}) gin_trgm_ops)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in INDEXES:
        schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("fulfillment", "0001_initial"),
        ("customers", "0002_search_indexes"),
    ]

    operations = [migrations.RunPython(create, drop)]
