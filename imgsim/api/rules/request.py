"""What the request alone shows."""

from __future__ import annotations

import re
from typing import Final

from imgsim.api.call import Call
from imgsim.api.rule import denies

_HAN: Final = (
    "\u3005\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufa6d\ufa70-\ufad9"
    "\U00016fe3\U00020000-\U0002a6df\U0002a700-\U0002b81d\U0002b820-\U0002cead"
    "\U0002ceb0-\U0002ebe0\U0002ebf0-\U0002ee5d\U0002f800-\U0002fa1d\U00030000-\U0003134a"
    "\U00031350-\U00033479"
)
_HIRAGANA: Final = "\u3041-\u3096\u309d-\u309f\U0001b001-\U0001b11f\U0001b132\U0001b150-\U0001b152"
_KATAKANA: Final = (
    "\u30a1-\u30fa\u30fd-\u30ff\u31f0-\u31ff\uff66-\uff6f\uff71-\uff9d"
    "\U0001aff0-\U0001aff3\U0001aff5-\U0001affb\U0001affd\U0001affe\U0001b000"
    "\U0001b120-\U0001b122\U0001b155\U0001b164-\U0001b167"
)
_FIRST: Final = f"A-Za-z{_HAN}{_HIRAGANA}{_KATAKANA}"
_NAME = re.compile(f"[{_FIRST}][{_FIRST}\u30fc\uff700-9:_-]{{1,127}}")
_VERSION = re.compile(r"[A-Za-z0-9]{1,40}")
_LINKS: Final = ("http://", "https://")
_LONGEST_DESCRIPTION: Final = 256
_LONGEST_TOKEN: Final = 64


@denies(
    row=None,
    http_status=400,
    code="InvalidParameter",
    message="The specified parameter Action is not valid.",
)
def action_is_not_create_image(call: Call) -> bool:
    """Action is given and is not CreateImage.

    Reading: a missing Action means CreateImage.
    """
    return call.request.action is not None and call.request.action != "CreateImage"


@denies(
    row=None,
    http_status=400,
    code="MissingParameter",
    message="The input parameter RegionId that is mandatory for processing this request is not "
    "supplied.",
)
def region_is_missing(call: Call) -> bool:
    """RegionId, the one parameter that is always required, is absent.

    Reading: an empty RegionId counts as absent.
    """
    return not call.request.region_id


@denies(
    row=None,
    http_status=400,
    code="InvalidParameter",
    message="The specified parameter DiskDeviceMapping.n is not valid.",
)
def disk_index_is_out_of_range(call: Call) -> bool:
    """A parameter after ``DiskDeviceMapping.`` is not the Size or SnapshotId of n = 1..17.

    Reading: gaps in n are allowed; anything else after ``DiskDeviceMapping.`` has this fault,
    whichever source is used.
    """
    return bool(call.request.bad_members)


@denies(
    row=None,
    http_status=400,
    code="InvalidParameter",
    message="The specified parameter ClientToken is not valid.",
)
def token_is_malformed(call: Call) -> bool:
    """ClientToken has more than 64 characters or one that is not ASCII.

    Reading: an empty ClientToken counts as absent.
    """
    token = call.request.client_token
    return token is not None and (len(token) > _LONGEST_TOKEN or not token.isascii())


@denies(
    row=10,
    http_status=400,
    code="MissingParameter",
    message="The input parameter SnapshotId or InstanceId or DiskDeviceMapping that is mandatory "
    "for processing this request is not supplied.",
)
def no_source_is_given(call: Call) -> bool:
    """None of SnapshotId, InstanceId and DiskDeviceMapping is given.

    Reading: empty values count as absent; of several sources InstanceId counts, else the mapping,
    else SnapshotId, and the others are ignored and not checked.
    """
    return call.approach is None


@denies(
    row=5,
    http_status=400,
    code="InvalidImageName.Malformed",
    message="The specified Image name is wrongly formed.",
)
def image_name_is_malformed(call: Call) -> bool:
    """ImageName is not 2 to 128 characters of the documented form.

    Reading: the whole string, counted in code points; first an ASCII letter, a letter of the Han
    script (Unicode 17; with the iteration mark), hiragana or katakana; then those, the long
    vowel mark (all half-width too), ASCII digits, ``:``, ``_`` and ``-``; no middle dot; not
    starting with ``http://`` or ``https://``; an absent name is fine, an empty one is malformed.
    """
    name = call.request.image_name
    return name is not None and (_NAME.fullmatch(name) is None or name.startswith(_LINKS))


@denies(
    row=6,
    http_status=400,
    code="InvalidImageVersion.Malformed",
    message="The specified ImageVersion is wrongly formed.",
)
def image_version_is_malformed(call: Call) -> bool:
    """ImageVersion is not 1 to 40 ASCII letters and digits.

    Reading: an empty one is malformed; the row's second half (no permission for a version) is not
    modelled.
    """
    version = call.request.image_version
    return version is not None and _VERSION.fullmatch(version) is None


@denies(
    row=3,
    http_status=400,
    code="InvalidDescription.Malformed",
    message="The specified description is wrongly formed.",
)
def description_is_malformed(call: Call) -> bool:
    """Description has more than 256 characters or starts with a link.

    Reading: counted in code points; not starting with ``http://`` or ``https://``.
    """
    text = call.request.description
    return text is not None and (len(text) > _LONGEST_DESCRIPTION or text.startswith(_LINKS))
