from django.urls import path

from huiyin.measure.alerts import views

app_name = "alerts"
urlpatterns = [
    path("", views.alerts, name="list"),
    path("<uuid:id>/", views.alert, name="alert"),
    path("<uuid:id>/accept/", views.accept, name="accept"),
    path("<uuid:id>/dismiss/", views.dismiss, name="dismiss"),
    path("<uuid:id>/second/", views.second, name="second"),
    path("<uuid:id>/merge/", views.merge, name="merge"),
]
