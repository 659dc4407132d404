from django.urls import path

from huiyin.ledger import views

app_name = "ledger"
urlpatterns = [
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("key", views.key, name="key"),
    path("tile/<str:level>/<path:place>", views.tile, name="tile"),
]
