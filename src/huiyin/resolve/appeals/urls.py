from django.urls import path

from huiyin.resolve.appeals import views

app_name = "appeals"
urlpatterns = [
    path("", views.board, name="board"),
    path("ask/<uuid:case>/", views.ask, name="ask"),
    path("mediate/<uuid:case>/", views.mediate, name="mediate"),
    path("mediation/<uuid:id>/", views.mediation, name="mediation"),
    path("<uuid:id>/", views.review, name="review"),
    path("<uuid:id>/give/", views.give, name="give"),
    path("<uuid:id>/decide/", views.decide, name="decide"),
]
