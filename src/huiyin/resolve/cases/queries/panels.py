"""Cards that rooms above this one put on the case page: what they know of the case."""

from huiyin.kernel.panel import Panel, Panels
from huiyin.resolve.cases.models import Case

__all__ = ["Panel", "panel", "panels_of"]
_PANELS: Panels[Case] = Panels()
panel, panels_of = _PANELS.add, _PANELS.of
