from django.urls import path

from huiyin.resolve.triage import views

app_name = "triage"
urlpatterns = [
    path("", views.index, name="index"),
    path("learn/", views.learn, name="learn"),
    path("runs/<uuid:id>/stop/", views.stop, name="stop"),
    path("back/", views.back, name="back"),
]
