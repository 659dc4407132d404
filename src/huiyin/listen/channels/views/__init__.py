"""`/hooks/…` for machines, `/desk/channels/…` for staff."""
