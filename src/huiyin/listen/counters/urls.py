"""`/rate-us/…` for whoever stands at the counter, `/desk/counters/…` for whoever answers for it."""

from django.urls import path

from huiyin.listen.counters import views

app_name = "counters"
urlpatterns = [
    path("rate-us/<slug:token>/", views.faces, name="faces"),
    path("rate-us/<slug:token>/send/", views.send, name="send"),
    path("rate-us/<slug:token>/thanks/", views.thanks, name="thanks"),
    path("desk/counters/", views.index, name="index"),
    path("desk/counters/new/", views.new, name="new"),
    path("desk/counters/<uuid:id>/code/", views.code, name="code"),
    path("desk/counters/<uuid:id>/renew/", views.renew, name="renew"),
    path("desk/counters/<uuid:id>/settle/", views.settle, name="settle"),
]
