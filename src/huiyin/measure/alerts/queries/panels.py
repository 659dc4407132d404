"""Cards that rooms above this one put on an alert's page: what they did about it."""

from huiyin.kernel.panel import Panel, Panels
from huiyin.measure.alerts.models import Alert

__all__ = ["Panel", "panel", "panels_of"]
_PANELS: Panels[Alert] = Panels()
panel, panels_of = _PANELS.add, _PANELS.of
