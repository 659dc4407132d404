from django.urls import path

from huiyin.site.pages.home import views

app_name = "home"
urlpatterns = [
    path("", views.portal, name="portal"),
    path("privacy/", views.privacy, name="privacy"),
    path("healthz", views.health, name="health"),
    path("first-run/", views.first_run, name="first-run"),
    path("desk/", views.desk, name="desk"),
    path("desk/me/", views.me, name="me"),
    path("desk/patterns/", views.patterns, name="patterns"),
]
