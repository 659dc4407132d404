"""`/complain/…` for the public, `/desk/new/…` for staff."""

from django.urls import path, re_path

from huiyin.listen.voices.views import desk, portal

app_name = "voices"
urlpatterns = [
    path("complain/", portal.step, name="start"),
    re_path("^complain/(?P<name>what|where|wish|contact)/$", portal.step, name="step"),
    path("complain/check/", portal.review, name="check"),
    path("complain/discard/", portal.discard, name="discard"),
    path("desk/new/", desk.new, name="new"),
    path("desk/new/held/", desk.held, name="held"),
    path("desk/new/<uuid:id>/", desk.done, name="done"),
]
