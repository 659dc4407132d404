from django.urls import URLPattern, path

from huiyin.bank.units import views

app_name = "units"
urlpatterns: list[URLPattern] = [
    path("", views.tree, name="tree"),
    path("new/", views.open_unit, name="open"),
    path("<str:code>/", views.unit, name="unit"),
    path("<str:code>/rename/", views.rename, name="rename"),
    path("<str:code>/move/", views.move, name="move"),
    path("<str:code>/merge/", views.merge, name="merge"),
    path("<str:code>/close/", views.close, name="close"),
]
