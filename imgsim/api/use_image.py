"""The use of an image by RunInstances or ReplaceSystemDisk.

An image can be used only after it has become Available. The codes are those documented for the
two calls (DescribeImages and RunInstances references, 2021); they are not from the page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from imgsim.cloud.cloud import Cloud
from imgsim.cloud.image import Image
from imgsim.cloud.lifecycle import ImageStatus

USES: Final = ("RunInstances", "ReplaceSystemDisk")


@dataclass(frozen=True, slots=True)
class Use:
    """The answer to a use: ``code`` and ``message`` are None when it was granted."""

    action: str
    image_id: str
    image: Image | None
    http_status: int = 200
    code: str | None = None
    message: str | None = None

    @property
    def granted(self) -> bool:
        """Whether the image could be used."""
        return self.code is None


def use_image(cloud: Cloud, action: str, image_id: str) -> Use:
    """Answer a use of the image; raise `ValueError` when ``action`` is not one of `USES`."""
    if action not in USES:
        raise ValueError(f"{action!r} does not use an image; write {' or '.join(USES)}")
    image = cloud.images.get(image_id)
    if image is None and cloud.images.was_there(image_id):
        return Use(
            action,
            image_id,
            None,
            403,
            "OperationDenied.ImageNotValid",
            "The specified image is disabled or is deleted.",
        )
    if image is None:
        return Use(
            action,
            image_id,
            None,
            404,
            "InvalidImageId.NotFound",
            "The specified ImageId does not exist.",
        )
    if image.status is not ImageStatus.AVAILABLE:
        return Use(action, image_id, image, 400, "IncorrectImageStatus", "The image not available.")
    return Use(action, image_id, image)
