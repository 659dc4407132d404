from django.urls import path

from huiyin.bank.clocks import views

app_name = "clocks"
urlpatterns = [path("<uuid:id>/", views.clock, name="clock")]
