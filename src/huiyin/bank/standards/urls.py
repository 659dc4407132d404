from django.urls import path

from huiyin.bank.standards import views

app_name = "standards"
urlpatterns = [
    path("", views.index, name="index"),
    path("calendars/<slug:code>/", views.calendar, name="calendar"),
    path("packs/<slug:code>/", views.pack, name="pack"),
    path("words/", views.taxonomy, name="taxonomy"),
    path("texts/", views.wordings, name="wordings"),
    path("replies/", views.replies, name="replies"),
    path("replies/new/", views.propose, name="propose"),
    path("replies/<slug:code>/", views.reply, name="reply"),
    path("replies/<slug:code>/<slug:verb>/", views.decide, name="decide"),
]
