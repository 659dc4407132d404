"""The organisation tree with days from which each place in it holds, and the denominators of rates."""

from django.db import models
from django.db.models import F, Q

from huiyin.bank.units.rules import KINDS
from huiyin.kernel.ids import new_id
from huiyin.kernel.label import Named


class Unit(Named, models.Model):
    """Head office, branch, outlet, department or desk. Where it stands in the tree is a matter of the day: Placement."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    kind = models.CharField(max_length=12, choices=[(kind.code, kind.en) for kind in KINDS])
    region = models.CharField(max_length=40, blank=True)
    merged_into = models.ForeignKey("units.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Placement(models.Model):
    """From `from_date` to the day before `until_date` the unit stands under `parent`, at `path`."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    path = models.CharField(max_length=200)
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["path", "from_date", "id"]
        indexes = [models.Index(fields=["from_date", "until_date"], name="placement_days")]
        constraints = [
            models.UniqueConstraint(fields=["unit", "from_date"], name="one_placement_a_day"),
            models.UniqueConstraint(fields=["unit"], condition=Q(until_date=None), name="one_open_placement"),
            models.CheckConstraint(
                condition=Q(until_date=None) | Q(until_date__gt=F("from_date")), name="placement_lasts_a_day"
            ),
        ]


class Exposure(models.Model):
    """How much business a unit did in a month: what complaint rates are divided by. Product '' is all products."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    month = models.DateField(help_text="first day of the month")
    product = models.CharField(max_length=32, blank=True)
    customers = models.BigIntegerField(default=0)
    accounts = models.BigIntegerField(default=0)
    transactions = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["unit", "month", "product"]
        constraints = [
            models.UniqueConstraint(fields=["unit", "month", "product"], name="one_exposure_per_month"),
            models.CheckConstraint(
                condition=Q(customers__gte=0, accounts__gte=0, transactions__gte=0), name="exposure_not_negative"
            ),
        ]
