"""`/hooks/<code>/` for machines, `/desk/channels/…` for staff."""

from django.urls import path

from huiyin.listen.channels.views import hooks

app_name = "channels"
urlpatterns = [
    path("hooks/<slug:code>/", hooks.hook, name="hook"),
]
