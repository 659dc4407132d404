"""Pages: the rating and the survey behind a secret link, and what staff build, send and read."""
