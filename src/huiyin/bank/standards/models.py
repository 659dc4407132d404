"""Which versions of which standards this institution has taken into use."""

from django.db import models

from huiyin.bank.standards.rules.templates import Text, filled


class Adoption(models.Model):
    """A calendar or rule pack version that took effect. `body` is empty for a version shipped with the product."""

    code = models.CharField(max_length=48)
    version = models.CharField(max_length=24)
    sort = models.CharField(max_length=12)  # calendar | pack
    sha256 = models.CharField(max_length=64)
    body = models.TextField(blank=True)
    effective_at = models.DateTimeField()
    adopted_by = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="one_adoption_per_version")]
        ordering = ["effective_at", "id"]


class Template(models.Model):
    """One version of a reply template. Its text never changes: a change is the next version, read by a second person."""

    code = models.CharField(max_length=48)
    version = models.PositiveSmallIntegerField()
    audience = models.CharField(max_length=8, default="plain")
    title_zh = models.CharField(max_length=120)
    body_zh = models.TextField()
    title_en = models.CharField(max_length=120)
    body_en = models.TextField()
    state = models.CharField(max_length=10, default="proposed")
    proposed_by = models.CharField(max_length=80)
    proposed_at = models.DateTimeField()
    decided_by = models.CharField(max_length=80, blank=True, default="")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="one_template_per_version"),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(state="approved"), name="one_template_in_use_per_code"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=models.Q(state="proposed"), name="one_template_waiting_per_code"
            ),
            models.CheckConstraint(
                condition=~models.Q(state="approved") | ~models.Q(decided_by=models.F("proposed_by")),
                name="proposer_does_not_approve",
            ),
        ]
        ordering = ["code", "-version"]

    @property
    def text(self) -> Text:
        return Text(self.title_zh, self.body_zh, self.title_en, self.body_en)

    def filled(self, language: str, values: dict[str, str]) -> tuple[str, str]:
        """Title and body in one language, every placeholder replaced."""
        return filled(self.text, language, values)
