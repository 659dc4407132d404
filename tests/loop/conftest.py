"""The loop is walked in the same Chromium as the other pages."""

from tests.browser.conftest import browser_type_launch_args as browser_type_launch_args
