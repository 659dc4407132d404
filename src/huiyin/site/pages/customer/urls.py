from django.urls import path

from huiyin.site.pages.customer import views

app_name = "customer"
urlpatterns = [
    path("desk/customers/", views.find, name="find"),
    path("desk/customers/doubles/", views.doubles, name="doubles"),
    path("desk/customers/<uuid:id>/", views.customer, name="customer"),
    path("desk/customers/<uuid:id>/merge/<uuid:other>/", views.merge, name="merge"),
    path("desk/customers/<uuid:id>/<slug:verb>/", views.do, name="do"),
]
