"""May the account."""

from __future__ import annotations

from imgsim.api.call import Call
from imgsim.api.rule import denies


@denies(
    row=14,
    http_status=403,
    code="InvalidAccountStatus.SnapshotServiceUnavailable",
    message="Snapshot service has not been opened yet.",
    waiting_cures=True,
)
def snapshot_service_is_not_open(call: Call) -> bool:
    """The account has not opened the snapshot service."""
    return not call.cloud.account.snapshot_service_open


@denies(
    row=13,
    http_status=403,
    code="Invalidaccountant status.",
    message="Your account does not have enough balance.",
    waiting_cures=True,
    alias="InvalidAccountStatus.NotEnoughBalance",
)
def balance_is_insufficient(call: Call) -> bool:
    """The balance is below the minimum, or the payment method is invalid.

    Reading: denied when the balance is below ``minimum_balance`` (default 0.01 CNY). The code is
    the page's own text; the real service's code is carried as an alias.
    """
    account = call.cloud.account
    return account.balance < account.minimum_balance or not account.payment_method_valid
