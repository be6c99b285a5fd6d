from django.db import migrations


class Migration(migrations.Migration):
    """Ids of conversations are made of those of their objects; nothing else stood in the rows."""

    dependencies = [
        ("customers", "0020_sealed_secrets"),
    ]

    operations = [
        migrations.DeleteModel(
            name="Conversation",
        ),
    ]
