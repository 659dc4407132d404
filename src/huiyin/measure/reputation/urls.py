from django.urls import path

from huiyin.measure.reputation import views

app_name = "reputation"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:id>/", views.post, name="post"),
    path("<uuid:id>/<slug:verb>/", views.do, name="do"),
]
