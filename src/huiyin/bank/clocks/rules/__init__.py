"""The clock engine. Pure: facts, calendars and packs in, clocks and facts out."""
