"""Write the keys of accounts that are there already."""

from django.db import migrations

from customers import matching

PART = 2_000


def fill(apps, schema_editor):
    accounts = apps.get_model("customers", "TierAccount")._base_manager
    columns = ["id", "name", "tax_id", "contact_email"]
    rows = list(accounts.order_by("id").only(*columns)[:PART])
    while rows:
        for row in rows:
            for key, value in matching.keys(vars(row)).items():
                setattr(row, key, value)
        accounts.bulk_update(rows, matching.SOURCES)
        rows = list(accounts.filter(id__gt=rows[-1].id).order_by("id").only(*columns)[:PART])


class Migration(migrations.Migration):
    dependencies = [("customers", "0003_keys_jobs_notes")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
