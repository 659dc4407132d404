"""What other rooms and pages may ask about indicators."""

from huiyin.measure.indicators.queries.asking import Span, span
from huiyin.measure.indicators.queries.catalogue import UnknownIndicator, catalogue, indicator
from huiyin.measure.indicators.queries.published import Figure, published
from huiyin.measure.indicators.queries.readings import (
    Reading,
    Row,
    Rows,
    Share,
    breakdown,
    choices,
    reading,
    rows,
    sql_of,
)
from huiyin.measure.indicators.queries.series import Cell, Point, Series, cells, series, series_by
from huiyin.measure.indicators.rules.definitions import Definition
from huiyin.measure.indicators.rules.periods import Period, back, period_of, periods

__all__ = [
    "Cell",
    "Definition",
    "Figure",
    "Period",
    "Point",
    "Reading",
    "Row",
    "Rows",
    "Series",
    "Share",
    "Span",
    "UnknownIndicator",
    "back",
    "breakdown",
    "catalogue",
    "cells",
    "choices",
    "indicator",
    "period_of",
    "periods",
    "published",
    "reading",
    "rows",
    "series",
    "series_by",
    "span",
    "sql_of",
]
