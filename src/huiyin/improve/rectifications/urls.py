from django.urls import path

from huiyin.improve.rectifications import views

app_name = "rectifications"
urlpatterns = [
    path("", views.board, name="board"),
    path("new/", views.new, name="new"),
    path("<uuid:id>/", views.rectification, name="rectification"),
    path("<uuid:id>/notice/", views.notice, name="notice"),
    path("<uuid:id>/<slug:verb>/", views.step, name="step"),
]
