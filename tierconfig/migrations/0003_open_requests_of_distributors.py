from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tierconfig", "0002_products_validation_inquiries")]

    operations = [
        migrations.AddIndex(
            model_name="tierconfigrequest",
            index=models.Index(
                condition=models.Q(state__in=("draft", "tiers_setup", "inquiring", "pending")),
                fields=["provider", "state_since", "id"],
                name="tcr_provider_open",
            ),
        )
    ]
