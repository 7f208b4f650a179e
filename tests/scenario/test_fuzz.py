"""Scenarios mutated at random load, or say what is wrong; what loads can be run."""

import re
import shutil
import signal
import time
import traceback
from contextlib import contextmanager
from random import Random

import pytest
from scenario.fuzz import SCENARIOS, bases, mutated_text, mutated_tree

import imgsim
from imgsim.scenario.capacity import warnings
from imgsim.scenario.file import dump
from imgsim.scenario.yaml import Document, parse

SOON = 2.0
EVENTS = 1000
MOST_BUILT = 5000


@contextmanager
def no_hang(seconds=20):
    def stop(*_):
        raise TimeoutError(f"no end after {seconds} s")

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def one(number, texts, folder):
    """Make the mutation of that number; return whether it loaded. Whatever else is raised."""
    luck = Random(f"fuzz {number}")
    name = luck.choice(sorted(texts))
    begin = time.process_time()
    try:
        if number % 2:
            path = folder / "mutated.yaml"
            path.write_bytes(mutated_text(texts[name], luck).encode("utf-8", "surrogatepass"))
            begin, source = time.process_time(), re.escape(str(folder)) + r"/[a-z0-9-]+\.yaml"
            scenario = imgsim.load(path)
        else:
            data = mutated_tree(texts[name], luck)
            begin, source = time.process_time(), "scenario"
            scenario = imgsim.Scenario.from_mapping(data)
    except imgsim.ScenarioError as error:
        demand_messages(error.messages, source)
        return False
    finally:
        took = time.process_time() - begin
        assert took < SOON, took
    assert len(scenario.hash) == 64
    list(warnings(scenario))
    again = imgsim.Scenario.from_mapping(parse(dump(scenario), Document("again")).data)
    assert again.plain() == scenario.plain()
    things = sum(i.count or 1 for i in scenario.instances) + sum(i.count for i in scenario.images)
    clients = [
        getattr(stream.arrivals, "clients", 0) * stream.scale for stream in scenario.load.values()
    ]
    if max(things, *clients, 0) <= MOST_BUILT:
        run_a_little(scenario)
    return True


def demand_messages(messages, source):
    assert messages
    for message in messages:
        assert re.match(rf"({source})(:\d+:\d+)?: .|\.\.\. and more", message), message
        assert message.isprintable(), message
        assert len(message) < 1100, message


def run_a_little(scenario):
    simulation = imgsim.Simulation(scenario)
    env = simulation.world.env
    limit = float("inf")
    if scenario.run.horizon is not None:
        limit = scenario.run.horizon + scenario.run.drain
    for _ in range(EVENTS):
        if not env.peek() < limit:
            break
        env.step()
    run = simulation.finish()
    for table in ("intents", "calls", "snapshots", "images", "ledger", "states"):
        assert len(getattr(run, table)) >= 0
    run.measures.of("time_to_available.mean")


def fuzz(numbers, folder):
    texts = bases()
    shutil.copytree(SCENARIOS, folder, dirs_exist_ok=True)
    found, loaded = {}, 0
    for number in numbers:
        try:
            with no_hang():
                loaded += one(number, texts, folder)
        except Exception as error:  # noqa: BLE001
            last = traceback.extract_tb(error.__traceback__)[-1]
            where = (type(error).__name__, last.filename.rpartition("/")[2], last.lineno)
            found.setdefault(where, []).append(
                f"mutation {number}: {str(error)[:300]}\n{''.join(traceback.format_exc()[-1500:])}"
            )
    print(f"{len(numbers)} mutations: {loaded} loaded, {len(found)} kinds of failure")
    return found, loaded


def test_a_hundred_mutations(tmp_path):
    found, loaded = fuzz(range(100), tmp_path)
    assert found == {}
    assert loaded > 10


@pytest.mark.slow
def test_five_hundred_mutations(tmp_path):
    found, loaded = fuzz(range(500), tmp_path)
    assert found == {}
    assert loaded > 50


@pytest.mark.long
def test_ten_thousand_mutations(tmp_path):
    found, loaded = fuzz(range(10_000), tmp_path)
    assert {where: (len(told), told[0]) for where, told in found.items()} == {}
    assert loaded > 1000


def test_the_fuzzer_changes_what_it_is_given():
    texts = bases()
    for name, text in texts.items():
        changed = sum(mutated_text(text, Random(n)) != text for n in range(50))
        assert changed > 40, name


def test_a_mutation_of_a_number_is_always_the_same():
    texts = bases()
    name = min(texts)
    assert mutated_text(texts[name], Random(3)) == mutated_text(texts[name], Random(3))
    assert repr(mutated_tree(texts[name], Random(3))) == repr(mutated_tree(texts[name], Random(3)))
