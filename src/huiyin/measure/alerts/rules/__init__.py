"""The statistics of the alerts: pure, seeded by nothing, blind to the clock."""
