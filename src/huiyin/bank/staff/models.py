"""People of the bank, where they work, when they are away, and what they keep away from."""

from django.db import models
from django.db.models import F, Q

from huiyin.bank.staff.rules import POSTS, WHYS
from huiyin.kernel.ids import new_id
from huiyin.kernel.label import Named


class Staff(Named, models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=16, unique=True)
    name = models.CharField(max_length=64)
    name_en = models.CharField(max_length=80, blank=True)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=24, choices=[(post.code, post.en) for post in POSTS])
    reports_to = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    substitute = models.ForeignKey("staff.Staff", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=24, blank=True)
    active_from = models.DateField()
    active_until = models.DateField(null=True, blank=True, help_text="first day no longer with the bank")

    class Meta:
        ordering = ["number"]
        verbose_name_plural = "staff"
        indexes = [models.Index(fields=["unit", "post"], name="staff_of_unit")]
        constraints = [
            models.CheckConstraint(condition=~Q(reports_to=F("id")), name="nobody_reports_to_themselves"),
            models.CheckConstraint(condition=~Q(substitute=F("id")), name="nobody_substitutes_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class Posting(models.Model):
    """Which post somebody held, where, from which day."""

    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    post = models.CharField(max_length=24)
    from_date = models.DateField()
    until_date = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["staff", "from_date", "id"]
        constraints = [
            models.UniqueConstraint(fields=["staff"], condition=Q(until_date=None), name="one_open_posting"),
        ]


class Absence(models.Model):
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    from_at = models.DateTimeField()
    until_at = models.DateTimeField()
    substitute = models.ForeignKey(Staff, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["from_at", "id"]
        indexes = [models.Index(fields=["staff", "until_at"], name="absence_of_staff")]
        constraints = [
            models.CheckConstraint(condition=Q(until_at__gt=F("from_at")), name="absence_ends_after_it_begins"),
        ]


class Kinship(models.Model):
    """Declared kin, read both ways. `one` is the one who declared it."""

    one = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "kinship"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="kinship_once"),
            models.CheckConstraint(condition=~Q(one=F("other")), name="kinship_of_two"),
        ]


class Recusal(models.Model):
    """Somebody keeps away from a matter: cannot see it, handle it, be told of it or count it."""

    subject = models.UUIDField()
    staff = models.ForeignKey(Staff, on_delete=models.PROTECT, related_name="+")
    why = models.CharField(max_length=16, choices=[(why.code, why.en) for why in WHYS])
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["staff", "until_at", "subject"], name="recused_subjects")]
        constraints = [
            models.UniqueConstraint(fields=["subject", "staff", "why"], name="one_recusal_per_reason"),
            models.CheckConstraint(
                condition=Q(until_at=None) | ~Q(why__in=["accused", "own", "kin", "unit"]), name="accusation_never_ends"
            ),
        ]
