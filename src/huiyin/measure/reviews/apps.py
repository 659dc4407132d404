from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "huiyin.measure.reviews"
    label = "reviews"
