"""WeChat official account: what the platform sends to us, and the answer in the same breath."""
