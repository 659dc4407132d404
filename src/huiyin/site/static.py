"""Static files for serving: collected, compressed and named by content, when any source is newer."""

import io
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management import call_command
from django.test.utils import override_settings

MANIFEST = "staticfiles.json"


def collect() -> None:
    manifest = Path(settings.STATIC_ROOT) / MANIFEST
    made = manifest.stat().st_mtime if manifest.exists() else 0
    if made and made >= _newest_source():
        return
    storage = settings.STORAGES | {
        "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
    }
    with override_settings(STORAGES=storage):
        call_command("collectstatic", interactive=False, clear=True, verbosity=0, stdout=io.StringIO())


def _newest_source() -> float:
    newest = 0.0
    for finder in finders.get_finders():
        for name, storage in finder.list([]):
            newest = max(newest, Path(storage.path(name)).stat().st_mtime)
    return newest
