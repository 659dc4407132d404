from django.urls import path

from huiyin.site.pages.changes import views

app_name = "changes"
urlpatterns = [
    path("desk/changes/", views.index, name="index"),
    path("desk/changes/new/", views.new, name="new"),
    path("desk/changes/packs/", views.choose, name="choose"),
    path("desk/changes/what-if/", views.what_if, name="what_if"),
    path("desk/changes/<uuid:id>/", views.one, name="one"),
    path("desk/changes/<uuid:id>/<slug:verb>/", views.settle, name="settle"),
]
