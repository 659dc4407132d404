from django.urls import URLPattern, path

from huiyin.bank.products import views

app_name = "products"
urlpatterns: list[URLPattern] = [
    path("", views.products, name="products"),
    path("new/", views.add, name="add"),
    path("<str:code>/edit/", views.edit, name="edit"),
    path("<str:code>/withdraw/", views.withdraw, name="withdraw"),
]
