from django.urls import path

from huiyin.resolve.groups import views

app_name = "groups"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("<uuid:id>/", views.group, name="group"),
    path("<uuid:id>/<slug:verb>/", views.do, name="do"),
]
