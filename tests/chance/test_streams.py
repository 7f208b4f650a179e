"""A draw depends on seed, replication, purpose and ordinal, and on nothing else."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from imgsim.chance.distributions import Exponential
from imgsim.chance.streams import BLOCK, Chance

MULTIPLIERS = (0xD2E7470EE14C6C93, 0xCA5A826395121157)
WEYL = (0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B)


def philox_4x64(counter, key):
    """Philox 4x64-10 of Salmon et al. (2011), by hand: four words of one counter."""
    words, keys, whole = [counter, 0, 0, 0], list(key), 2**64
    for _ in range(10):
        products = [MULTIPLIERS[0] * words[0], MULTIPLIERS[1] * words[2]]
        words = [
            (products[1] >> 64) ^ words[1] ^ keys[0],
            products[1] % whole,
            (products[0] >> 64) ^ words[3] ^ keys[1],
            products[0] % whole,
        ]
        keys = [(keys[0] + WEYL[0]) % whole, (keys[1] + WEYL[1]) % whole]
    return words


@pytest.mark.parametrize("first", [0, 4, 1024, 2**40])
def test_a_uniform_is_the_philox_word_at_its_place_of_the_purposes_key(first):
    digest = hashlib.sha256(b"7/3/ci/arrival").digest()
    key = [int.from_bytes(digest[at : at + 8], "little") for at in (0, 8)]
    # numpy steps the counter before it makes a block.
    words = [word for n in range(3) for word in philox_4x64(first // 4 + 1 + n, key)]
    drawn = Chance(7, 3).uniforms("ci/arrival", first, 12)
    assert np.abs(drawn - np.array([word / 2**64 for word in words])).max() < 2.0**-51


@given(st.integers(0, 200), st.integers(1, 200))
def test_draws_are_the_same_wherever_one_begins_to_draw(begin, count):
    chance = Chance(1, 0)
    whole = chance.uniforms("x", 0, 1000)
    assert (chance.uniforms("x", 4 * begin, count) == whole[4 * begin : 4 * begin + count]).all()


@given(st.lists(st.integers(0, 100_000), min_size=1, max_size=60), st.sampled_from([16, 64, 4096]))
def test_draws_do_not_depend_on_block_size_nor_on_the_order_of_asking(ordinals, block):
    chance, law = Chance(2, 5), Exponential(1e6)
    small, usual = chance.durations("x", law, block), chance.durations("x", law, BLOCK)
    assert [small.at(n) for n in ordinals] == [usual.at(n) for n in ordinals]
    fresh = chance.durations("x", law, block)
    assert {n: fresh.at(n) for n in reversed(ordinals)} == {n: small.at(n) for n in ordinals}


def test_an_ordinal_of_a_distant_client_iteration_is_drawn_without_the_ones_before():
    draws = Chance(1, 0).shares("x")
    assert 0 < draws.at(2**20 * 10**6 + 3) < 1


def test_a_purposes_draws_are_not_touched_by_those_of_others():
    alone, beside = Chance(1, 0), Chance(1, 0)
    other, mine = beside.shares("y"), beside.shares("x")
    interleaved = []
    for ordinal in range(3000):
        other.at(ordinal * 7)
        interleaved.append(mine.at(ordinal))
    only = alone.shares("x")
    assert interleaved == [only.at(ordinal) for ordinal in range(3000)]


def test_seed_replication_and_purpose_each_give_other_draws():
    firsts = {
        tuple(Chance(seed, replication).uniforms(purpose, 0, 4))
        for seed in (1, 2, 11)
        for replication in (0, 1, 11)
        for purpose in ("a/arrival", "b/arrival", "a/registration")
    }
    assert len(firsts) == 27


def test_draws_of_different_purposes_are_not_correlated():
    chance = Chance(1, 0)
    drawn = [chance.uniforms(f"purpose {n}", 0, 1 << 12) for n in range(40)]
    correlations = np.corrcoef(drawn)[np.triu_indices(40, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(1 << 12)


def test_uniforms_are_uniform_by_kolmogorov_and_smirnov():
    values = [
        stats.kstest(Chance(seed, 0).uniforms("x", 0, 1 << 14), "uniform").pvalue
        for seed in range(40)
    ]
    assert min(values) > 1e-4
    assert stats.kstest(values, "uniform").pvalue > 1e-3


@pytest.mark.parametrize("word", [0, 1, 2**63, 2**64 - 2**11, 2**64 - 1])
def test_uniforms_lie_strictly_between_zero_and_one_for_every_word(word, monkeypatch):
    class Fixed:
        def __init__(self, **_):
            pass

        def random_raw(self, count):
            return np.full(count, word, np.uint64)

    monkeypatch.setattr("numpy.random.Philox", Fixed)
    drawn = Chance(1, 0).uniforms("x", 0, 4)
    assert ((drawn > 0) & (drawn < 1)).all()


def test_uniforms_of_mirrored_words_add_up_to_one(monkeypatch):
    words = np.random.default_rng(1).integers(0, 2**64, 1000, np.uint64)

    class Fixed:
        def __init__(self, **_):
            pass

        def random_raw(self, count):
            return np.concatenate([words, ~words])[:count]

    monkeypatch.setattr("numpy.random.Philox", Fixed)
    drawn = Chance(1, 0).uniforms("x", 0, 2000)
    assert (drawn[:1000] + drawn[1000:] == 1.0).all()
