"""Statuses move along their tables and nowhere else."""

from itertools import product

import pytest

from imgsim.cloud.image import Image
from imgsim.cloud.instance import Instance
from imgsim.cloud.lifecycle import (
    IMAGE_MOVES,
    INSTANCE_MOVES,
    SNAPSHOT_MOVES,
    IllegalMove,
    ImageStatus,
    InstanceStatus,
    SnapshotStatus,
)
from imgsim.cloud.region import Region
from imgsim.cloud.snapshot import Snapshot

REGION = Region(0, "cn-hangzhou", 1)
LEGAL = {
    ("Creating", "Available"),
    ("Creating", "CreateFailed"),
    ("progressing", "accomplished"),
    ("progressing", "failed"),
    ("Pending", "Starting"),
    ("Starting", "Running"),
    ("Running", "Stopping"),
    ("Stopping", "Stopped"),
    ("Stopped", "Starting"),
}
"""The model's moves, spelt as the service spells them."""

MAKE = {
    ImageStatus: lambda status: Image(1, REGION, 0, status=status),
    SnapshotStatus: lambda status: Snapshot(1, REGION, "system", 40, 0, status=status),
    InstanceStatus: lambda status: Instance(0, "i-1", REGION, (), status=status),
}
MOVES = [pair for kind in MAKE for pair in product(kind, kind)]


@pytest.mark.parametrize(("status", "wanted"), [pair for pair in MOVES if pair in LEGAL])
def test_a_legal_move_is_made(status, wanted):
    thing = MAKE[type(status)](status)
    thing.become(wanted)
    assert thing.status is wanted


@pytest.mark.parametrize(("status", "wanted"), [pair for pair in MOVES if pair not in LEGAL])
def test_an_illegal_move_is_refused_and_changes_nothing(status, wanted):
    thing = MAKE[type(status)](status)
    with pytest.raises(IllegalMove, match=f"{thing.id} is {status} and cannot become {wanted}"):
        thing.become(wanted)
    assert thing.status is status


def test_every_status_has_its_moves_and_every_legal_move_is_one_of_them():
    tables = {ImageStatus: IMAGE_MOVES, SnapshotStatus: SNAPSHOT_MOVES} | {
        InstanceStatus: INSTANCE_MOVES
    }
    assert all(set(moves) == set(kind) for kind, moves in tables.items())
    assert {
        (status, wanted)
        for moves in tables.values()
        for status, all_wanted in moves.items()
        for wanted in all_wanted
    } == LEGAL


def test_a_status_is_the_word_that_the_service_writes():
    assert f"{ImageStatus.CREATE_FAILED}" == "CreateFailed"
    assert {"Available": 1}[ImageStatus.AVAILABLE] == 1


def test_new_things_begin_where_their_tables_begin():
    assert Image(1, REGION, 0).status == "Creating"
    assert Snapshot(1, REGION, "data", 5, 0).status == "progressing"
    assert Instance(0, "i-1", REGION, ()).status == "Running"
