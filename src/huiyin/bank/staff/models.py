from django.db import models

from huiyin.kernel.ids import new_id


class Staff(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=16, unique=True)
