"""A region of the account: its image quota and the names in use."""

from __future__ import annotations


class Region:
    """A region: how many images the account may hold there, and how many it does.

    Reading: quota and uniqueness of names are per account and region; names are case-sensitive;
    unnamed images do not collide.
    """

    __slots__ = ("id", "image_quota", "images", "names", "number", "snapshots_in_progress")

    def __init__(self, number: int, id: str, image_quota: int) -> None:
        self.number = number
        self.id = id
        self.image_quota = image_quota
        self.images = 0
        """Quota slots in use."""
        self.names: set[str] = set()
        """Names in use."""
        self.snapshots_in_progress = 0
        """Snapshots that are progressing, those that wait included."""
