"""Any system that can sign a POST: Standard Webhooks headers, JSON, and a mapping that the bank sets."""
