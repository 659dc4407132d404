"""What the bank sells. A product may stand under a broader one; its category is a slug of facet B."""

from django.db import models

from huiyin.kernel.label import Named


class Product(Named, models.Model):
    code = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    category = models.CharField(max_length=48, help_text="business category, facet B of the taxonomy")
    parent_code = models.CharField(max_length=32, blank=True)
    owner_code = models.CharField(max_length=16, blank=True, help_text="the unit that answers for it (归口部门)")
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"
