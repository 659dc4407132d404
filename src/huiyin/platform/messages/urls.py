"""The staff inbox, under `/desk/inbox/`."""

from django.urls import path

from huiyin.platform.messages import views

app_name = "messages"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("read/", views.read, name="read"),
    path("<uuid:id>/", views.follow, name="follow"),
]
