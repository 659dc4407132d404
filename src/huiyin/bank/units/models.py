from django.db import models

from huiyin.kernel.ids import new_id


class Unit(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=16, unique=True)
