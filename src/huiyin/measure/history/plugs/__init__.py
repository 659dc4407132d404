"""The outside thing of this room: a folder of Parquet files with a manifest."""
