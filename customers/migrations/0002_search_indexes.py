"""Trigram indexes for `icontains` on names, which Django writes as UPPER(name) LIKE.

PostgreSQL only; they serve searches of three letters and more.
"""

from django.db import migrations

INDEXES = {
    "customers_tieraccount_name_trgm": "UPPER(name)",
    "customers_tieraccount_email_trgm": "UPPER(contact_email)",
    "customers_tieraccount_external_trgm": "UPPER(external_id)",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    for name, expression in INDEXES.items():
        schema_editor.execute(
            f"CREATE INDEX {name} ON customers_tieraccount USING gin (({expression}) gin_trgm_ops)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in INDEXES:
        schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("customers", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
