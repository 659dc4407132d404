"""The one time source, under the name by which the pages and commands of the site know it."""

from huiyin.platform.present.queries import now

__all__ = ["now"]
