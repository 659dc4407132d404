from django.urls import path

from huiyin.resolve.erasures import views

app_name = "erasures"
urlpatterns = [
    path("", views.board, name="board"),
    path("<uuid:customer>/", views.person, name="person"),
    path("<uuid:customer>/<slug:verb>/", views.do, name="do"),
]
