"""Does the place exist."""

from __future__ import annotations

from imgsim.api.call import Call
from imgsim.api.rule import denies


@denies(
    row=21,
    http_status=404,
    code="InvalidRegionId.NotFound",
    message="The specified RegionId does not exist.",
)
def region_is_unknown(call: Call) -> bool:
    """RegionId is given and names no region of the scenario.

    Reading: with no region there is no place to look, so rules about what lies in one answer no.
    """
    return bool(call.request.region_id) and call.region is None
