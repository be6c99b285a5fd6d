"""Secrets are sealed (customers/sealing.py); backwards they are readable again, which needs the
keys they were sealed with."""

from django.db import migrations

from customers.sealing import Sealed, SealedField, Unreadable
from customers.services import sealed_rows

COLUMNS = (("Webhook", ["jwt_secret"]), ("Embedding", ["action_secret"]))


def _change(apps, step):
    tally = sealed_rows.Tally()
    for model, names in COLUMNS:
        sealed_rows.change_columns(apps.get_model("tierconfig", model), names, step, tally)
    if tally.unreadable:
        raise RuntimeError(f"{Unreadable()} ({', '.join(tally.unreadable)})")


def seal(apps, schema_editor):
    _change(apps, lambda readable: Sealed.of(readable.token))


def unseal(apps, schema_editor):
    _change(apps, lambda sealed: Sealed(sealed.open()))


class Migration(migrations.Migration):
    dependencies = [
        ("tierconfig", "0004_endings_by_time"),
    ]

    operations = [
        migrations.AlterField("webhook", "jwt_secret", SealedField()),
        migrations.AlterField("embedding", "action_secret", SealedField()),
        migrations.RunPython(seal, unseal),
    ]
