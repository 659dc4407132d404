from django.urls import path

from huiyin.site.pages.track import views

app_name = "track"
urlpatterns = [
    path("track/", views.find, name="find"),
    path("track/<slug:secret>/", views.matter, name="matter"),
    path("track/<slug:secret>/received/", views.received, name="received"),
    path("track/<slug:secret>/add/", views.add, name="add"),
    path("track/<slug:secret>/accept/", views.accept, name="accept"),
    path("track/<slug:secret>/redress/<uuid:id>/", views.redress, name="redress"),
    path("track/<slug:secret>/dispute/", views.dispute, name="dispute"),
    path("track/<slug:secret>/review/", views.review, name="review"),
    path("track/<slug:secret>/withdraw/", views.withdraw, name="withdraw"),
    path("track/<slug:secret>/receipt/", views.receipt, name="receipt"),
    path("track/<slug:secret>/proof/", views.proof, name="proof"),
]
