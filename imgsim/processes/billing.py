"""The account's money and its snapshot service; every movement is a ledger row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgsim.processes.world import World


def open_ledger(world: World) -> None:
    """Write the opening balance."""
    _book(world, "opening", world.cloud.account.balance)


def top_up(world: World, amount: int) -> None:
    """Add an amount (1e-6 CNY) to the balance; raise `ValueError` unless it is above 0."""
    if amount <= 0:
        raise ValueError("a top-up must be above 0 CNY")
    world.cloud.account.balance += amount
    _book(world, "top-up", amount)


def charge(world: World, cause: str, region: str, amount: int) -> None:
    """Take an amount (1e-6 CNY) off the balance, for what it was used up by in a region."""
    world.cloud.account.balance -= amount
    _book(world, cause, -amount, region)


def open_snapshot_service(world: World) -> None:
    """Open the account's snapshot service."""
    _set_service(world, "open")


def close_snapshot_service(world: World) -> None:
    """Close the account's snapshot service: new images are denied, running ones go on."""
    _set_service(world, "closed")


def suspend(world: World) -> None:
    """Close the account's snapshot service, if it is open, until `resume`."""
    if world.cloud.account.snapshot_service_open:
        _set_service(world, "suspended")


def resume(world: World) -> None:
    """Open the snapshot service if it is suspended, and nobody has opened or closed it since."""
    if world.cloud.account.snapshot_service_suspended:
        _set_service(world, "open")


def _set_service(world: World, value: str) -> None:
    account = world.cloud.account
    account.snapshot_service_open = value == "open"
    account.snapshot_service_suspended = value == "suspended"
    world.state("account", "account", "snapshot service", value)


def _book(world: World, cause: str, amount: int, region: str | None = None) -> None:
    ledger, words = world.journal.ledger, world.journal.words
    balance = world.cloud.account.balance
    ledger.append(ledger.row(world.env.now, words[cause], words[region], amount, balance))
    for tell in world.on.booked:
        tell()
