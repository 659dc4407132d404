"""Screens that join rooms. Each subject has a folder with its own urls.py."""

from django.urls import include, path

urlpatterns = [
    path("", include("huiyin.site.pages.home.urls")),
    path("ledger/", include("huiyin.ledger.urls")),
    path("", include("huiyin.site.pages.verify.urls")),
    path("", include("huiyin.site.pages.track.urls")),
    path("", include("huiyin.site.pages.customer.urls")),
    path("", include("huiyin.site.pages.calls.urls")),
    path("", include("huiyin.site.pages.command.urls")),
    path("", include("huiyin.site.pages.changes.urls")),
    path("", include("huiyin.site.pages.search.urls")),
]
