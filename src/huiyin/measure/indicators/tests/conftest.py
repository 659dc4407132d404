from huiyin.measure.history.tests.conftest import home, tell

__all__ = ["home", "tell"]
