"""The indicators' arithmetic and meaning: values in, values out."""
