"""The image to be: is its name free, and is there room."""

from __future__ import annotations

from imgsim.api.call import Call
from imgsim.api.rule import denies


@denies(
    row=4,
    http_status=400,
    code="InvalidImageName.Duplicated",
    message="The specified Image name has already been used.",
    waiting_cures=True,
)
def image_name_is_taken(call: Call) -> bool:
    """An image of the account in the region has the name.

    Reading: held from acceptance until the image is deleted, by failed images too; case-sensitive;
    unnamed images do not collide.
    """
    return call.region is not None and call.request.image_name in call.region.names


@denies(
    row=20,
    http_status=403,
    code="QuotaExceed.Image",
    message="The Image Quota exceeds.",
    waiting_cures=True,
)
def image_quota_is_exhausted(call: Call) -> bool:
    """The account holds as many images in the region as its quota allows.

    Reading: a slot is held from acceptance until the image is deleted, by failed images too.
    """
    return call.region is not None and call.region.images >= call.region.image_quota
