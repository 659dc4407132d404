"""What customers (customer) and whoever answers them (desk) ask of this room; what both are told of news (news)."""
