"""Indexes of pages within a tree, and for pickers of resellers.

The trigram indexes are those of 0002 for resellers alone, PostgreSQL only: few of the names that
hold a frequent word are a reseller's.
"""

from django.db import migrations, models

INDEXES = {
    "customers_reseller_name_trgm": "UPPER(name)",
    "customers_reseller_email_trgm": "UPPER(contact_email)",
    "customers_reseller_external_trgm": "UPPER(external_id)",
}


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name, expression in INDEXES.items():
        schema_editor.execute(
            f"CREATE INDEX {name} ON customers_tieraccount USING gin (({expression}) gin_trgm_ops)"
            " WHERE type = 'reseller'"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    for name in INDEXES:
        schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("customers", "0009_indexes_of_home")]

    operations = [
        migrations.AddIndex(
            model_name="tieraccount",
            index=models.Index(
                fields=["tree_id", "-created_at", "id"], name="account_in_tree_by_age"
            ),
        ),
        migrations.AddIndex(
            model_name="tieraccount",
            index=models.Index(fields=["tree_id", "name", "id"], name="account_in_tree_by_name"),
        ),
        migrations.RunPython(create, drop),
    ]
