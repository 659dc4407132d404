"""What the columns hold and how events fold into rows: no I/O, no clock."""
