from django.urls import path

from huiyin.resolve.papers import views

app_name = "papers"
urlpatterns = [
    path("", views.index, name="index"),
    path("dossier/<uuid:id>/", views.dossier, name="dossier"),
    path("<uuid:id>/", views.fetch, name="fetch"),
]
