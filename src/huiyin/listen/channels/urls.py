"""`/hooks/<code>/` for machines, `/desk/channels/…` for staff."""

from django.urls import path

from huiyin.listen.channels.views import desk, hooks

app_name = "channels"
urlpatterns = [
    path("hooks/<slug:code>/", hooks.hook, name="hook"),
    path("desk/channels/", desk.index, name="index"),
    path("desk/channels/new/<slug:kind>/", desk.new, name="new"),
    path("desk/channels/arrivals/<uuid:id>/", desk.arrival, name="arrival"),
    path("desk/channels/<slug:code>/", desk.channel, name="channel"),
    path("desk/channels/<slug:code>/settings/", desk.setup, name="setup"),
    path("desk/channels/<slug:code>/test/", desk.test, name="test"),
    path("desk/channels/<slug:code>/waiting/", desk.waiting, name="waiting"),
]
