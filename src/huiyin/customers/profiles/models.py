"""Who our customers are: pseudonymous rows. Names and contacts are sealed in the vault under the customer's id."""

from django.db import models

from huiyin.customers.profiles.rules import KINDS
from huiyin.kernel.ids import new_id


class Customer(models.Model):
    """One person as we know them. Merging two of them is a decision of a person, never of a phone number alone."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    met_at = models.DateTimeField()

    class Meta:
        ordering = ["-met_at", "-id"]


class Key(models.Model):
    """A blind index of one thing a person is recognised by. `blind` is a keyed hash; it cannot be read back."""

    customer = models.ForeignKey("profiles.Customer", on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in KINDS])
    blind = models.CharField(max_length=64, db_index=True)
    since_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "kind", "blind"], name="a_key_once_per_customer")]
        ordering = ["id"]


class Meeting(models.Model):
    """Why we took somebody for this customer: which keys agreed. Undone by `actions.part`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("profiles.Customer", on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=8)
    agreed = models.CharField(max_length=32, help_text="the kinds of key that agreed, joined by +")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
