from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "huiyin.resolve.referrals"
    label = "referrals"
