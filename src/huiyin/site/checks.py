"""System checks of the house itself; `manage check` and the tests run them."""
