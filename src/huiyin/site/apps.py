from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class SiteConfig(AppConfig):
    name = "huiyin.site"
    label = "site"

    def ready(self) -> None:
        # Facts first, so that a stored type can be read back; reactions in the order of INSTALLED_APPS.
        autodiscover_modules("facts")
        autodiscover_modules("reactions")
        from huiyin.site import checks  # noqa: F401
