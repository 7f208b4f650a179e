"""Why a call had a fault that its request alone shows: one function a rule, of its name."""

from __future__ import annotations

from typing import Final

from imgsim.explanation.look import Look, Told

_LONGEST: Final = 40
_LINKS: Final = ("http://", "https://")


def quoted(text: str | None) -> str:
    """Return a text as it was sent, in quotes, cut short where it is long."""
    if text is None:
        return "nothing"
    return ascii(text) if len(text) <= _LONGEST else f"{text[:_LONGEST]!a}..."


def action_is_not_create_image(look: Look) -> Told:
    """Tell the Action."""
    action = look.call.request.action
    return f"Action is {quoted(action)}, not 'CreateImage'", {"action": action}


def region_is_missing(look: Look) -> Told:
    """Tell whether RegionId was empty or absent."""
    sent = look.call.request.region_id is not None
    return f"RegionId is {'empty' if sent else 'not sent'}", {"sent": sent}


def disk_index_is_out_of_range(look: Look) -> Told:
    """Tell the parameters that are none."""
    bad = look.call.request.bad_members
    names = ", ".join(map(quoted, bad[:3])) + (", ..." if len(bad) > 3 else "")
    verb = "is" if len(bad) == 1 else "are"
    what = f"{names} {verb} no Size or SnapshotId of n = 1..17"
    return what, {"parameters": list(bad)}


def token_is_malformed(look: Look) -> Told:
    """Tell what is wrong with the ClientToken."""
    token = look.call.request.client_token or ""
    if token.isascii():
        what = f"ClientToken has {len(token)} characters; 64 are the most"
    else:
        what = f"ClientToken {quoted(token)} is not ASCII alone"
    return what, {"characters": len(token), "ascii": token.isascii()}


def no_source_is_given(look: Look) -> Told:
    """Tell that there is no source, and which were sent empty."""
    request = look.call.request
    given = {"InstanceId": request.instance_id, "SnapshotId": request.snapshot_id}
    empty = [name for name, value in given.items() if value is not None]
    rest = f" ({' and '.join(empty)} empty)" if empty else ""
    what = f"no InstanceId, SnapshotId or DiskDeviceMapping is given{rest}"
    return what, {"empty": empty}


def image_name_is_malformed(look: Look) -> Told:
    """Tell the ImageName, and its length where that is what is wrong."""
    name = look.call.request.image_name or ""
    facts = {"name": name, "characters": len(name)}
    if not 2 <= len(name) <= 128:
        what = f"ImageName has {len(name)} characters; it takes 2 to 128"
    elif name.startswith(_LINKS):
        what = f"ImageName {quoted(name)} begins like a link"
    else:
        what = f"ImageName {quoted(name)} begins with, or has, a character that is not allowed"
    return what, facts


def image_version_is_malformed(look: Look) -> Told:
    """Tell the ImageVersion."""
    version = look.call.request.image_version
    what = f"ImageVersion {quoted(version)} is not 1 to 40 ASCII letters and digits"
    return what, {"version": version}


def description_is_malformed(look: Look) -> Told:
    """Tell what is wrong with the Description."""
    text = look.call.request.description or ""
    if text.startswith(_LINKS):
        return f"Description {quoted(text)} begins like a link", {"characters": len(text)}
    what = f"Description has {len(text)} characters; 256 are the most"
    return what, {"characters": len(text)}


def token_was_used_with_other_parameters(look: Look) -> Told:
    """Tell when the token was bound, by what, and which parameters differ."""
    call, bound = look.call, look.call.bound
    if bound is None:
        return "the token was bound before", {}
    before, now = dict(bound.parameters), dict(call.request.parameters())
    differ = sorted(name for name in before | now if before.get(name) != now.get(name))
    what = (
        f"token {quoted(call.request.client_token)} was bound {look.ago(bound.bound_at)} before "
        f"by the call for {bound.image.id}; {', '.join(differ)} "
        f"{'differs' if len(differ) == 1 else 'differ'} now"
    )
    facts = {"bound_us": bound.bound_at, "image_id": bound.image.id, "differ": differ}
    return what, facts


OF_REQUESTS: Final = (
    action_is_not_create_image,
    region_is_missing,
    disk_index_is_out_of_range,
    token_is_malformed,
    no_source_is_given,
    image_name_is_malformed,
    image_version_is_malformed,
    description_is_malformed,
    token_was_used_with_other_parameters,
)
