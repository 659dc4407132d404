from django.urls import include, path

from huiyin.resolve.precontacts import views

app_name = "precontacts"
staff = [
    path("", views.board, name="board"),
    path("ask/<uuid:case>/", views.ask, name="ask"),
    path("<uuid:id>/", views.settle, name="settle"),
    path("<uuid:id>/drop/", views.drop, name="drop"),
]
urlpatterns = [
    path("desk/precontacts/", include(staff)),
    path("answer/<slug:secret>/", views.answer, name="answer"),
]
