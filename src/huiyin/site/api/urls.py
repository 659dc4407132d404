"""`/api/v1/…`"""

from django.urls import path

from huiyin.site.api.door import api

urlpatterns = [path("v1/", api.urls)]
