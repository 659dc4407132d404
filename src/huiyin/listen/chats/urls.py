"""`/chat/…` for customers, `/desk/chats/…` for whoever answers."""

from django.urls import path

from huiyin.listen.chats.views import customer, desk

app_name = "chats"
urlpatterns = [
    path("chat/", customer.start, name="start"),
    path("chat/<slug:secret>/", customer.room, name="room"),
    path("chat/<slug:secret>/<slug:verb>/", customer.do, name="do"),
    path("chat/<slug:secret>/file/<int:seq>/", customer.file, name="file"),
    path("desk/chats/", desk.index, name="index"),
    path("desk/chats/seat/", desk.seat, name="seat"),
    path("desk/chats/<uuid:id>/", desk.chat, name="chat"),
    path("desk/chats/<uuid:id>/<slug:verb>/", desk.verb, name="verb"),
]
