"""A simulation driven by its verbs, beside a model of it that is simple enough to be read."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import imgsim
from imgsim import Scenario
from imgsim.cloud.lifecycle import IllegalMove

SNAPSHOT, REGISTRATION, QUOTA = 60, 10, 4
INSTANCES = ("a", "b")
SCENARIO = Scenario.from_mapping(
    {
        "imgsim": 1,
        "name": "verbs",
        "account": {"balance": "0 CNY"},
        "regions": {
            "r": {
                "image_quota": QUOTA,
                "registration": f"{REGISTRATION}s",
                "snapshot_service": {"duration": f"{SNAPSHOT}s"},
            }
        },
        "instances": [
            {"id": id, "region": "r", "disks": [{"kind": "system", "size": "40 GiB"}]}
            for id in INSTANCES
        ],
        "snapshots": [
            {
                "id": "base",
                "region": "r",
                "kind": "system",
                "size": "40 GiB",
                "created": "2025-01-01",
            }
        ],
    }
)


class Modelled:
    """An image: its status, its source, and its turn on the disk of an instance."""

    def __init__(self, source, name, now):
        self.source, self.name, self.status = source, name, "Creating"
        self.began = now if source == "base" else None
        self.making = source != "base"
        """Whether its snapshot is waiting or in the making."""
        self.registered = now + REGISTRATION if source == "base" else None


class Machine(RuleBasedStateMachine):
    @initialize(balance=st.sampled_from([1, 1, 0]))
    def begin(self, balance):
        self.sim = imgsim.Simulation(SCENARIO)
        if balance:
            self.sim.top_up(f"{balance} CNY")
        self.now = 0
        self.images = {}  # every one ever made, by id; deleted ones have their status in capitals
        self.status = dict.fromkeys(INSTANCES, "Running")
        self.locked = set()
        self.open, self.balance = True, balance
        self.tokens = {}

    # the model

    def held(self):
        return [one for one in self.images.values() if one.status != "DELETED"]

    def queue(self, instance):
        return [one for one in self.images.values() if one.source == instance and one.making]

    def expected(self, source, name, token):
        asked = (source, name)
        if token in self.tokens:
            bound = self.tokens[token]
            if bound[0] != asked:
                return "InvalidParamter.Conflict"
            return bound[1]
        if not self.open:
            return "InvalidAccountStatus.SnapshotServiceUnavailable"
        if self.balance < 0.01:
            return "Invalidaccountant status."
        if source != "base" and source not in self.status:
            return "InvalidInstanceId.NotFound"
        if source in self.locked:
            return "InstanceLockedForSecurity"
        if name is not None and name in [one.name for one in self.held()]:
            return "InvalidImageName.Duplicated"
        if len(self.held()) >= QUOTA:
            return "QuotaExceed.Image"
        return None

    def step(self):
        """Let the events of this second happen, and go on to the next one.

        Snapshots end, the next ones begin, images are registered; verbs act before all that.
        """
        for instance in INSTANCES:
            waiting = self.queue(instance)
            if waiting and waiting[0].began is not None and self.now == waiting[0].began + SNAPSHOT:
                waiting[0].making = False
                if waiting[0].status == "Creating":
                    waiting[0].registered = self.now + REGISTRATION
            self.take_turns()
        for one in self.images.values():
            if one.status == "Creating" and one.registered == self.now:
                one.status = "Available"
        self.now += 1

    def take_turns(self):
        for instance in INSTANCES:
            waiting = self.queue(instance)
            if waiting and waiting[0].began is None:
                waiting[0].began = self.now

    def stop_imaging(self, instance):
        for one in self.images.values():
            if one.source == instance and (one.making or one.status == "Creating"):
                one.making = False
                one.registered = None
                if one.status == "Creating":
                    one.status = "CreateFailed"

    # the verbs

    @rule(
        source=st.sampled_from([*INSTANCES, "a", "base"]),
        name=st.sampled_from([None, None, None, "one", "two", "three"]),
        token=st.sampled_from([None, None, None, "t", "u"]),
    )
    def call(self, source, name, token):
        self.create(source, name, token)

    def create(self, source, name, token):
        asked = {"RegionId": "r", "SnapshotId" if source == "base" else "InstanceId": source}
        asked |= {"ImageName": name} if name else {}
        asked |= {"ClientToken": token} if token else {}
        expected = self.expected(source, name, token)
        verdict = self.sim.create_image(asked)
        if expected is None:
            assert verdict.status == "accepted", verdict
            self.images[verdict.image_id] = Modelled(source, name, self.now)
            self.take_turns()
            if token:
                self.tokens[token] = ((source, name), verdict.image_id)
        elif expected in self.images:
            assert (verdict.status, verdict.image_id) == ("replayed", expected)
        else:
            assert verdict.code == expected

    @rule(seconds=st.sampled_from([1, 9, 10, 11, 30, 59, 60, 61, 70, 71, 140]))
    def pass_time(self, seconds):
        self.wait(seconds)

    def wait(self, seconds):
        for _ in range(seconds):
            self.step()
        self.sim.run(until=f"{self.now}s")

    @rule(instance=st.sampled_from(INSTANCES), on=st.sampled_from([True, False, False]))
    def lock(self, instance, on):
        if instance not in self.status:
            with pytest.raises(KeyError):
                self.sim.lock(instance, "security")
        elif on:
            self.sim.lock(instance, "security")
            self.locked.add(instance)
        elif instance in self.locked:
            self.sim.unlock(instance, "security")
            self.locked.discard(instance)
        else:
            with pytest.raises(ValueError, match="not locked"):
                self.sim.unlock(instance, "security")

    @rule(instance=st.sampled_from(INSTANCES), status=st.sampled_from(["Running", "Stopped"]))
    def turn(self, instance, status):
        verb = self.sim.start if status == "Running" else self.sim.stop
        if instance not in self.status:
            with pytest.raises(KeyError):
                verb(instance)
        elif self.status[instance] == status:
            with pytest.raises(IllegalMove):
                verb(instance)
        else:
            verb(instance)
            self.status[instance] = status
            self.stop_imaging(instance)
            self.take_turns()

    @precondition(lambda self: len(self.status) > 1)
    @rule(instance=st.sampled_from(INSTANCES))
    def release(self, instance):
        if instance in self.status:
            self.sim.release(instance)
            del self.status[instance]
            self.locked.discard(instance)
            self.stop_imaging(instance)

    @precondition(lambda self: any(one.status != "DELETED" for one in self.images.values()))
    @rule(data=st.data(), snapshots=st.booleans())
    def delete(self, data, snapshots):
        there = [id for id, one in self.images.items() if one.status != "DELETED"]
        self.delete_one(data.draw(st.sampled_from(there)), snapshots=snapshots)

    @rule(instance=st.sampled_from(INSTANCES), snapshots=st.booleans())
    def change_ones_mind(self, instance, snapshots):
        """Ask twice for one disk, and delete the image that has the turn."""
        self.create(instance, None, None)
        self.wait(30)
        self.create(instance, None, None)
        making = [id for id, one in self.images.items() if one.making and one.status == "Creating"]
        if making:
            self.delete_one(making[0], snapshots=snapshots)

    def delete_one(self, id, *, snapshots):
        one = self.images[id]
        self.sim.delete_image(id, snapshots=snapshots)
        one.registered = None
        one.status = "DELETED"
        if snapshots:
            one.making = False
        self.take_turns()

    @precondition(lambda self: self.images)
    @rule(data=st.data())
    def use(self, data):
        id = data.draw(st.sampled_from(list(self.images)))
        code = {
            "Available": None,
            "Creating": "IncorrectImageStatus",
            "CreateFailed": "IncorrectImageStatus",
            "DELETED": "OperationDenied.ImageNotValid",
        }[self.images[id].status]
        assert self.sim.use_image("RunInstances", id).code == code

    @rule()
    def top_up(self):
        self.sim.top_up("1 CNY")
        self.balance += 1

    @rule(opens=st.sampled_from([True, True, True, False]))
    def service(self, opens):
        (self.sim.open_snapshot_service if opens else self.sim.close_snapshot_service)()
        self.open = opens

    @invariant()
    def agree(self):
        if not hasattr(self, "sim"):
            return
        images = self.sim.cloud.images
        held = {id: one.status for id, one in self.images.items() if one.status != "DELETED"}
        assert {id: str(image.status) for id, image in images.items()} == held
        assert self.sim.cloud.regions["r"].images == len(held)
        assert self.sim.cloud.account.balance == round(self.balance * 10**6)

    def teardown(self):
        if hasattr(self, "sim"):
            result = self.sim.finish()  # checks the conservation laws
            assert len(result.images) == len(self.images)


def lives(number):
    return settings(
        max_examples=number,
        stateful_step_count=50,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )


class TestVerbs(Machine.TestCase):
    settings = lives(150)


@pytest.mark.slow
class TestManyVerbs(Machine.TestCase):
    settings = lives(500)
