"""The account's money and its snapshot service; every movement is a ledger row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.units import format_money

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
    world.state("account", "account", "balance", format_money(world.cloud.account.balance))


def open_snapshot_service(world: World) -> None:
    """Open the account's snapshot service."""
    world.cloud.account.snapshot_service_open = True
    world.state("account", "account", "snapshot service", "open")


def close_snapshot_service(world: World) -> None:
    """Close the account's snapshot service: new images are denied, running ones go on."""
    world.cloud.account.snapshot_service_open = False
    world.state("account", "account", "snapshot service", "closed")


def _book(world: World, cause: str, amount: int) -> None:
    journal = world.journal
    journal.ledger.append(
        journal.ledger.row(world.env.now, journal.words[cause], amount, world.cloud.account.balance)
    )
