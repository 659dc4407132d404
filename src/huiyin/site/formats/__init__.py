"""How dates are written into fields, where Django's own form of a language is not what a browser's date field takes."""
