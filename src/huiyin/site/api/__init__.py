"""The API for other systems: the same verbs as the pages, with tokens instead of sign-in."""
