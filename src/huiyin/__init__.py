"""Huiyin 回音: every voice gets an answer, every answer is measured, every measure drives a fix, every fix is proven."""

__version__ = "0.1.0"
