"""What has been asked before."""

from __future__ import annotations

from imgsim.api.call import Call
from imgsim.api.rule import denies


@denies(
    row=15,
    http_status=403,
    code="InvalidParamter.Conflict",
    message="The specified same token is trying to make requests with different parameters.",
)
def token_was_used_with_other_parameters(call: Call) -> bool:
    """An accepted call has bound the ClientToken to other parameters.

    Reading: compared are the documented parameters but the token, by name, as sent, in any order.
    Same parameters: the first answer again, whatever became of the image; that replay is decided
    here, and the rules behind this one are not asked. A token lives for 24 h, a parameter.
    """
    return call.bound is not None and call.first_answer is None
