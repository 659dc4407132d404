"""Who our customers are: pseudonymous rows. Names and contacts are sealed in the vault under the customer's id."""

from django.db import models
from django.db.models import F, Q

from huiyin.customers.profiles.rules import GROUNDS, KINDS, PURPOSES, SOURCES
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
    verified_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "kind", "blind"], name="a_key_once_per_customer")]
        ordering = ["id"]


class Meeting(models.Model):
    """Why we took somebody for this customer: which keys agreed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("profiles.Customer", on_delete=models.CASCADE, related_name="+")
    how = models.CharField(max_length=8)
    agreed = models.CharField(max_length=32, help_text="the kinds of key that agreed, joined by +")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]


class Merge(models.Model):
    """Two records are read as one person from `merged_at` until `unmerged_at`. Nothing else is changed by it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    member = models.ForeignKey("profiles.Customer", on_delete=models.PROTECT, related_name="+")
    survivor = models.ForeignKey("profiles.Customer", on_delete=models.PROTECT, related_name="+")
    ground = models.CharField(max_length=12, choices=[(code, code) for code in GROUNDS])
    agreed = models.CharField(max_length=32, help_text="the kinds of key that agreed, joined by +")
    merged_by = models.CharField(max_length=80, help_text="the actor's pseudonym, as in the ledger")
    merged_at = models.DateTimeField()
    unmerged_by = models.CharField(max_length=80, blank=True, default="")
    unmerged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=Q(unmerged_at__isnull=True), name="a_customer_is_merged_into_one"
            ),
            models.CheckConstraint(condition=~Q(member=F("survivor")), name="customer_not_merged_into_itself"),
        ]
        ordering = ["merged_at", "id"]


class Apart(models.Model):
    """A colleague looked at two records that are alike and said: two people. `one` is the smaller id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    one = models.ForeignKey("profiles.Customer", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("profiles.Customer", on_delete=models.PROTECT, related_name="+")
    said_by = models.CharField(max_length=80)
    said_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["one", "other"], name="told_apart_once")]
        ordering = ["said_at", "id"]


class Consent(models.Model):
    """One statement of a customer about one purpose: a yes or a no. The latest stands; earlier ones stay."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    customer = models.ForeignKey("profiles.Customer", on_delete=models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=12, choices=[(label.code, label.en) for label in PURPOSES])
    given = models.BooleanField()
    source = models.CharField(max_length=12, choices=[(code, code) for code in SOURCES])
    said_by = models.CharField(max_length=80, help_text="who took it down; the customer's own pseudonym online")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
