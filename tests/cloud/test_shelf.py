"""Things lie on a shelf under their ids, issued or named."""

import pytest

from imgsim.cloud.cloud import Shelf
from imgsim.cloud.image import Image
from imgsim.cloud.region import Region

REGION = Region(0, "cn-hangzhou", 100)
NEVER_THERE = (
    "m-000000000", "m-000000003", "m-000000004", "m-1", "m-00000001", "m-0000000001", "s-000000001", "M-000000001",
    "m-000000001 ", "m-000000001\n", "m-00000000\u0661", "own", "",
)  # fmt: skip


@pytest.fixture
def shelf():
    """Return a shelf with the issued image 1 and, as 3, one of its own id; 2 was taken off."""
    shelf = Shelf("m-")
    shelf.put(Image(shelf.issue(), REGION, 0))
    gone = Image(shelf.issue(), REGION, 0)
    shelf.put(gone)
    shelf.put(Image(shelf.issue(), REGION, 0, text="golden"))
    shelf.remove(gone)
    return shelf


def test_numbers_are_issued_from_one_on(shelf):
    assert [shelf.issue() for _ in range(3)] == [4, 5, 6]


def test_a_thing_is_found_by_its_id_alone(shelf):
    assert shelf["m-000000001"].number == 1
    assert shelf["golden"].number == 3
    assert "m-000000003" not in shelf


@pytest.mark.parametrize("id", ["m-000000002", *NEVER_THERE])
def test_what_does_not_lie_there_is_not_found(shelf, id):
    assert id not in shelf
    assert shelf.get(id) is None
    with pytest.raises(KeyError):
        shelf[id]


def test_a_number_is_no_id(shelf):
    assert 1 not in shelf
    assert shelf.get(1) is None


def test_ids_of_more_than_nine_digits_are_issued_without_a_gap():
    shelf = Shelf("m-")
    for number in (999_999_999, 1_000_000_000):
        shelf.put(Image(number, REGION, 0))
    assert [*shelf] == ["m-999999999", "m-1000000000"]
    assert shelf["m-1000000000"].number == 1_000_000_000
    assert "m-01000000000" not in shelf


def test_a_shelf_is_a_mapping_in_the_order_of_laying(shelf):
    assert [*shelf] == ["m-000000001", "golden"]
    assert [*shelf.things()] == [*shelf.values()]
    assert len(shelf) == 2


def test_a_thing_taken_off_is_gone_and_cannot_be_taken_off_again(shelf):
    image = shelf["golden"]
    assert shelf.has(image)
    shelf.remove(image)
    assert not shelf.has(image)
    with pytest.raises(KeyError):
        shelf.remove(image)


def test_a_shelf_has_the_very_thing_and_not_another_of_its_id(shelf):
    assert not shelf.has(Image(1, REGION, 0))


def test_what_was_there_once_was_there_whatever_became_of_it(shelf):
    shelf.remove(shelf["golden"])
    assert shelf.was_there("m-000000001")
    assert shelf.was_there("m-000000002")
    assert shelf.was_there("golden")


@pytest.mark.parametrize("id", NEVER_THERE)
def test_nothing_of_another_id_was_ever_there(shelf, id):
    assert not shelf.was_there(id)
