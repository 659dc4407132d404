"""The customer's own page of a matter: where it stands, what was said, what they can do; and the receipt."""
