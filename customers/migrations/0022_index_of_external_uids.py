"""The trigram index of searches over the API by the external UUID; PostgreSQL only, as in 0002."""

from django.db import migrations

NAME = "customers_tieraccount_uid_trgm"


def create(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(
            f"CREATE INDEX {NAME} ON customers_tieraccount "
            "USING gin ((UPPER(external_uid)) gin_trgm_ops)"
        )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    dependencies = [("customers", "0021_conversations_without_rows")]

    operations = [migrations.RunPython(create, drop)]
