"""青禾银行 Qinghe Bank: a fictitious institution, generated from a seed by the same rules through the bulk path."""
