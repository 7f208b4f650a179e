"""The account that calls: its money, its snapshot service and its client tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from imgsim.cloud.image import Image
    from imgsim.cloud.limits import Limits

Parameters = tuple[tuple[str, str], ...]
"""Documented parameters of a request as sent, sorted by name."""


class BoundToken(NamedTuple):
    """What an accepted call bound to its client token."""

    parameters: Parameters
    image: Image
    bound_at: int


class Account:
    """The account: ``balance`` and ``minimum_balance`` in 1e-6 CNY, ``token_lifetime`` in us.

    Reading: only an accepted call binds its token; its scope is the account; it lives for 24 h,
    a parameter.
    """

    __slots__ = (
        "balance",
        "limits",
        "minimum_balance",
        "payment_method_valid",
        "snapshot_service_open",
        "snapshot_service_suspended",
        "token_lifetime",
        "tokens",
    )

    def __init__(
        self,
        balance: int,
        minimum_balance: int,
        *,
        payment_method_valid: bool = True,
        snapshot_service_open: bool = True,
        token_lifetime: int,
        limits: Limits | None = None,
    ) -> None:
        self.balance = balance
        self.minimum_balance = minimum_balance
        self.payment_method_valid = payment_method_valid
        self.snapshot_service_open = snapshot_service_open
        self.snapshot_service_suspended = False
        """Whether it is closed because the account stayed overdue."""
        self.token_lifetime = token_lifetime
        self.limits = limits
        """What the account is limited to beyond the page, if anything."""
        self.tokens: dict[str, BoundToken] = {}

    def bound(self, token: str, now: int) -> BoundToken | None:
        """Return what the token is bound to at ``now``, or None when unknown or expired."""
        bound = self.tokens.get(token)
        if bound is None or now >= bound.bound_at + self.token_lifetime:
            return None
        return bound

    def bind(self, token: str, parameters: Parameters, image: Image, now: int) -> None:
        """Bind the token, and forget the expired ones; the oldest stand first."""
        self.tokens.pop(token, None)
        self.tokens[token] = BoundToken(parameters, image, now)
        while self.tokens:
            oldest = next(iter(self.tokens))
            if now < self.tokens[oldest].bound_at + self.token_lifetime:
                break
            del self.tokens[oldest]
