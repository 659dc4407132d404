"""What people ask of this room: the public form (portal), the desk's short form and the release queue (desk)."""
