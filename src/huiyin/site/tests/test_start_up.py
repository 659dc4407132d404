"""How the web process starts: with what every request needs, and nothing that only reports and imports use."""

import os
import subprocess
import sys

HEAVY = ("duckdb", "numpy", "pyarrow", "pandas", "scipy", "ibis", "weasyprint")
CODE = f"""
import sys
from huiyin.site.wsgi import application
import huiyin.site.urls
print(*(name for name in {HEAVY!r} if name in sys.modules))
"""


def test_the_web_process_starts_without_the_libraries_of_columns_and_numbers(tmp_path):
    known = {name: value for name, value in os.environ.items() if not name.startswith(("HUIYIN_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env=known | {"HUIYIN_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == []
