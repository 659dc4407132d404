from django.urls import path

from huiyin.platform.vault import views

app_name = "vault"
urlpatterns = [
    path("unmask/<str:token>/", views.unmask, name="unmask"),
]
