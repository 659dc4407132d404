from django.urls import path

from huiyin.site.pages.verify import views

app_name = "verify"
urlpatterns = [
    path("verify/", views.verify, name="verify"),
    path("verify/<str:entry>.receipt", views.download_receipt, name="receipt"),
    path("verify/<str:entry>.tlog-proof", views.download_proof, name="proof"),
]
