"""The stamps of tables that processes keep a copy of."""

from django.db import models


class Stamp(models.Model):
    """A random value that the database changes, by trigger, with every write to the table of this name."""

    name = models.CharField(max_length=63, primary_key=True)
    value = models.CharField(max_length=36)

    class Meta:
        ordering = ["name"]
