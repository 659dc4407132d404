"""Plans, draws, samples and what reviewers said of them. Grounds and reasons in words are in the vault."""

from django.db import models
from django.db.models import Q

from huiyin.kernel.ids import new_id


class Plan(models.Model):
    """What is drawn, how often and from whom; `quotas` is stratum -> [percent, at least]. Shares in percent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=32, unique=True)
    sort = models.CharField(max_length=8)
    scorecard = models.CharField(max_length=48)
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=8)
    quotas = models.JSONField(default=dict)
    minimum = models.PositiveSmallIntegerField(default=0, help_text="reviews of each person in a period")
    capacity = models.PositiveSmallIntegerField(
        default=0, help_text="reviews by each reviewer in a period; 0 = no limit"
    )
    double = models.PositiveSmallIntegerField(default=20, help_text="percent reviewed twice, blind")
    margin = models.PositiveSmallIntegerField(default=10, help_text="points beyond which a third decides")
    days = models.PositiveSmallIntegerField(default=5, help_text="working days to object, and to review")
    high_redress = models.BigIntegerField(default=100_000, help_text="minor units from which redress is high")
    new_days = models.PositiveSmallIntegerField(default=90, help_text="days in post during which somebody is new")
    active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    changed_by = models.CharField(max_length=80)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]


class Draw(models.Model):
    """One sample of one period. `frame`: all that could have been drawn, as [subject, person, strata]."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    plan_version = models.PositiveIntegerField()
    settings = models.JSONField()
    from_date = models.DateField()
    until_date = models.DateField(help_text="first day no longer in it")
    seed = models.CharField(max_length=64)
    frame = models.JSONField()
    frame_sha256 = models.CharField(max_length=64)
    chosen = models.PositiveIntegerField()
    left_out = models.PositiveIntegerField()
    drawn_by = models.CharField(max_length=80)
    drawn_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "from_date"], name="one_draw_per_plan_and_period")]
        ordering = ["-from_date", "-id"]


class Sample(models.Model):
    """One thing to be reviewed. `points` are hundredths and stand only once the score is settled."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    draw = models.ForeignKey(Draw, null=True, on_delete=models.PROTECT, related_name="+")
    sort = models.CharField(max_length=8)
    subject = models.UUIDField()
    number = models.CharField(max_length=40)
    person = models.ForeignKey("staff.Staff", on_delete=models.PROTECT, related_name="+")
    unit = models.ForeignKey("units.Unit", on_delete=models.PROTECT, related_name="+")
    unit_path = models.CharField(max_length=160, db_index=True)
    happened_at = models.DateTimeField()
    reasons = models.CharField(max_length=120, blank=True, help_text="strata between spaces")
    scorecard = models.CharField(max_length=48)
    scorecard_version = models.PositiveSmallIntegerField()
    calibration = models.BooleanField(default=False)
    double = models.BooleanField(default=False)
    margin = models.PositiveSmallIntegerField(default=10)
    days = models.PositiveSmallIntegerField(default=5)
    state = models.CharField(max_length=10, default="open")
    how = models.CharField(max_length=8, blank=True, default="")
    points = models.PositiveSmallIntegerField(null=True)
    criticals = models.PositiveSmallIntegerField(default=0)
    passed = models.BooleanField(null=True)
    due_at = models.DateTimeField()
    drawn_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    object_until = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    withdrawn = models.CharField(max_length=8, blank=True, default="")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sort", "subject", "scorecard"],
                condition=Q(calibration=False),
                name="reviewed_once_by_a_scorecard",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True) | Q(points__isnull=False, passed__isnull=False),
                name="a_settled_review_has_a_score",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "settled_at"], name="review_person"),
            models.Index(fields=["state", "due_at"], name="review_queue"),
        ]
        ordering = ["due_at", "id"]

    @property
    def stream(self) -> str:
        return f"quality:{self.pk}"

    @property
    def reason_codes(self) -> tuple[str, ...]:
        return tuple(self.reasons.split())

    @property
    def random(self) -> bool:
        return "base" in self.reason_codes


class Score(models.Model):
    """One reviewer's form: `marks` is item -> mark. The grounds in words are in the vault under the matter."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="scores")
    place = models.CharField(max_length=10)
    reviewer = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=6, default="open")  # open | in | void
    marks = models.JSONField(default=dict)
    points = models.PositiveSmallIntegerField(null=True)
    criticals = models.PositiveSmallIntegerField(default=0)
    passed = models.BooleanField(null=True)
    assigned_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, help_text="rises with every write: the loser of a race sees it")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["sample", "place"], condition=~Q(place="session"), name="one_score_per_place"
            ),
            models.UniqueConstraint(
                fields=["sample", "reviewer"], condition=Q(reviewer__isnull=False), name="nobody_scores_twice"
            ),
            models.CheckConstraint(
                condition=~Q(state="in") | Q(points__isnull=False, given_at__isnull=False, reviewer__isnull=False),
                name="a_score_handed_in_has_points",
            ),
        ]
        indexes = [models.Index(fields=["reviewer", "state"], name="score_of_reviewer")]
        ordering = ["assigned_at", "id"]


class Objection(models.Model):
    """The person reviewed does not accept the score; the old one is kept beside the new."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    sample = models.OneToOneField(Sample, on_delete=models.PROTECT, related_name="+")
    decider = models.ForeignKey("staff.Staff", null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, blank=True, default="")
    points_before = models.PositiveSmallIntegerField()
    points_after = models.PositiveSmallIntegerField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", decided_at__isnull=True)
                | Q(outcome__in=["upheld", "changed"], decided_at__isnull=False, points_after__isnull=False),
                name="a_decided_objection_has_both_scores",
            )
        ]
        ordering = ["made_at", "id"]
