from django.apps import AppConfig


class ReferralsConfig(AppConfig):
    name = "huiyin.resolve.referrals"
    label = "referrals"

    def ready(self) -> None:
        from huiyin.resolve.referrals import actions  # noqa: F401  registers what takes the lists
