"""Secrets are sealed (customers/sealing.py), those of second factors too; backwards they are
readable again, which needs the keys they were sealed with."""

from django.db import migrations

from customers.sealing import Sealed, SealedField, Unreadable
from customers.services import sealed_rows

COLUMNS = (
    ("WebhookEndpoint", ["secret", "old_secret"]),
    ("IdempotentAnswer", ["body"]),
)


def _change(apps, step):
    tally = sealed_rows.Tally()
    for model, names in COLUMNS:
        sealed_rows.change_columns(apps.get_model("customers", model), names, step, tally)
    sealed_rows.change_factors(apps.get_model("mfa", "Authenticator"), step, tally)
    if tally.unreadable:
        raise RuntimeError(f"{Unreadable()} ({', '.join(tally.unreadable)})")


def seal(apps, schema_editor):
    _change(apps, lambda readable: Sealed.of(readable.token))


def unseal(apps, schema_editor):
    _change(apps, lambda sealed: Sealed(sealed.open()))


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0019_user_preferences"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.AlterField("webhookendpoint", "secret", SealedField()),
        migrations.AlterField("webhookendpoint", "old_secret", SealedField()),
        migrations.AlterField("idempotentanswer", "body", SealedField()),
        migrations.RunPython(seal, unseal),
    ]
