"""Views may be shared with everybody."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("web", "0001_first"),
    ]

    operations = [
        migrations.AddField(
            model_name="saved",
            name="shared",
            field=models.BooleanField(default=False),
        ),
    ]
