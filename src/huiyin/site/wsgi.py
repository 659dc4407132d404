import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.site.settings")
application = get_wsgi_application()
gc.freeze()  # what a process starts with stays: the collector need not look through it again and again
