"""From a scenario to the world as it is at the start, with its load about to begin."""

from __future__ import annotations

from collections.abc import Iterator
from operator import itemgetter

from imgsim.chance.streams import Chance
from imgsim.cloud.account import Account
from imgsim.cloud.cloud import Cloud
from imgsim.cloud.disk import Disk
from imgsim.cloud.image import Image
from imgsim.cloud.instance import Instance
from imgsim.cloud.lifecycle import ImageStatus, SnapshotStatus
from imgsim.cloud.limits import Limits
from imgsim.cloud.snapshot import Snapshot
from imgsim.processes import billing
from imgsim.processes.customers import Loop, closed_loop_client, open_stream
from imgsim.processes.streams import Stream
from imgsim.processes.uses import OwnUses
from imgsim.processes.world import World
from imgsim.scenario.mistakable import things_of
from imgsim.scenario.spec import Scenario
from imgsim.scenario.spec import Stream as Described
from imgsim.scenario.things import Snapshot as DescribedSnapshot
from imgsim.units import MINUTE, microseconds_between, microseconds_into_hour
from imgsim.workload.arrivals import block_of_copies
from imgsim.workload.asker import Asker, Source, block_for
from imgsim.workload.mistakes import Mistakes
from imgsim.workload.mix import Ask
from imgsim.workload.patterns import ClosedLoop


def initial_world(scenario: Scenario, replication: int) -> World:
    """Return the world at the scenario's start, with the luck of the replication."""
    account = scenario.account
    cloud = Cloud(
        Account(
            account.balance,
            account.minimum_balance,
            payment_method_valid=account.payment_method_valid,
            snapshot_service_open=account.snapshot_service_open,
            token_lifetime=scenario.rules.token_lifetime,
            limits=_limits(scenario),
        )
    )
    too_old_before = microseconds_between(scenario.start, scenario.rules.too_old_before)
    world = World(
        cloud,
        Chance(scenario.run.seed, replication),
        scenario.start,
        scenario.run.horizon,
        too_old_before,
        lock_stops_imaging=scenario.rules.lock_stops_imaging,
    )
    for id, region in scenario.regions.items():
        cloud.add_region(id, region.image_quota)
        world.open_region(id, region.snapshot_service, region.registration)
    _add_instances(world, scenario)
    _add_snapshots(world, scenario)
    _add_images(world, scenario)
    billing.open_ledger(world)
    return world


def _limits(scenario: Scenario) -> Limits | None:
    limits = scenario.account.limits
    if limits is None:
        return None
    return Limits(
        calls_per_minute=limits.calls_per_minute,
        snapshots_in_progress=limits.snapshots_in_progress,
        snapshots_per_disk=limits.snapshots_per_disk,
        into_minute=microseconds_into_hour(scenario.start) % MINUTE,
    )


def _add_instances(world: World, scenario: Scenario) -> None:
    cloud = world.cloud
    for described in scenario.instances:
        region = cloud.regions[described.region]
        for id in described.ids():
            disks = tuple(
                Disk(
                    disk_id,
                    disk.kind,
                    disk.size,
                    disk.size << 30 if disk.used is None else disk.used,
                )
                for disk_id, disk in zip(
                    described.disk_ids(id), described.ordered_disks, strict=True
                )
            )
            cloud.instances[id] = Instance(
                len(cloud.instances),
                id,
                region,
                disks,
                status=described.status,
                locks=frozenset(described.locks),
                imaging_allowed=described.imaging_allowed,
                group=described.group,
            )
            cloud.disks.update({disk.id: disk for disk in disks})


def _add_snapshots(world: World, scenario: Scenario) -> None:
    cloud = world.cloud
    region_of = {
        disk.id: instance.region for instance in cloud.instances.values() for disk in instance.disks
    }
    for created, described in sorted(_created(world, scenario), key=itemgetter(0)):
        disk = cloud.disks[described.disk] if described.disk is not None else None
        snapshot = Snapshot(
            cloud.snapshots.issue(),
            region_of[disk.id] if disk is not None else cloud.regions[described.region or ""],
            disk.kind if disk is not None else described.kind or "system",
            disk.size if disk is not None else described.size or 0,
            created,
            disk=disk,
            status=described.status,
            imaging_allowed=described.imaging_allowed,
            text=described.id,
        )
        cloud.add_snapshot(snapshot)
        world.initial_snapshots[snapshot.number] = snapshot
        if described.id is not None:
            world.journal.snapshot_ids[snapshot.number] = described.id
        if disk is not None and described.status is SnapshotStatus.ACCOMPLISHED:
            disk.last_began = created
        if disk is not None and described.status is SnapshotStatus.PROGRESSING:
            world.turns_of(disk).occupy()


def _created(world: World, scenario: Scenario) -> Iterator[tuple[int, DescribedSnapshot]]:
    """Yield when each snapshot was created, with what the scenario says of it."""
    for index, described in enumerate(scenario.snapshots):
        if described.created is not None:
            created = microseconds_between(scenario.start, described.created)
            yield from ((created, described) for _ in range(described.count))
        elif described.age is not None:
            ages = world.chance.durations(f"initial snapshots {index}/age", described.age)
            yield from ((-ages.at(place), described) for place in range(described.count))


def _add_images(world: World, scenario: Scenario) -> None:
    cloud = world.cloud
    for index, described in enumerate(scenario.images):
        ages = (
            world.chance.durations(f"initial images {index}/age", described.age)
            if described.age is not None
            else None
        )
        for place in range(described.count):
            created = 0
            if ages is not None:
                created = -ages.at(place)
            elif described.created is not None:
                created = microseconds_between(scenario.start, described.created)
            image = Image(
                cloud.images.issue(),
                cloud.regions[described.region],
                created,
                name=described.name,
                source=described.source,
                status=described.status,
                text=described.id,
            )
            if described.snapshots:
                image.stand_on(tuple(cloud.snapshots[id] for id in described.snapshots))
                image.made_snapshots = True
                if described.status is ImageStatus.CREATE_FAILED:
                    image.let_go()
            cloud.add_image(image)
            world.initial_images[image.number] = image
            if described.id is not None:
                world.journal.image_ids[image.number] = described.id


def start_load(world: World, scenario: Scenario) -> None:
    """Let the load streams begin."""
    own = {name: stream.use for name, stream in scenario.load.items() if stream.use is not None}
    if own:
        OwnUses(world, own)
    horizon = scenario.run.horizon
    default = next(iter(scenario.regions)) if len(scenario.regions) == 1 else None
    for number, (name, described) in enumerate(scenario.load.items(), 1):
        if not described.scale:
            continue
        sources = [_sources(world, ask) for ask in described.mix]
        mistakes = _mistakes(world, scenario, name, described)
        asker = Asker(
            name,
            described.mix,
            sources,
            default,
            world.chance,
            scenario.start,
            mistakes,
            tokens=described.carries_tokens,
        )
        pattern, scale = described.arrivals, described.scale
        if isinstance(pattern, ClosedLoop):
            pattern = pattern.scaled(scale)
            block = block_for(pattern.clients)
            stream = Stream(world, name, number, block, described.delete, described.client)
            loop = Loop(pattern)
            think = (
                world.chance.durations(f"{name}/think", pattern.think, block)
                if pattern.think is not None
                else None
            )
            for client in range(pattern.clients):
                world.begin(closed_loop_client(world, stream, loop, client, think, asker, horizon))
        else:
            block = min(asker.block, block_of_copies(scale))
            stream = Stream(world, name, number, block, described.delete, described.client)
            world.begin(open_stream(world, stream, pattern, asker, scenario.start, horizon, scale))


def start_processes(world: World, scenario: Scenario) -> None:
    """Let what goes on around the calls begin."""
    for number, (name, process) in enumerate(scenario.processes.items(), 1):
        process.begin(world, name, number)


def _mistakes(world: World, scenario: Scenario, name: str, described: Described) -> Mistakes | None:
    if not described.mistakes:
        return None
    things = things_of(scenario, described)
    return Mistakes(name, described.mistakes, things, world.cloud, world.chance)


def _sources(world: World, ask: Ask) -> list[Source]:
    cloud = world.cloud
    if ask.instances is not None:
        group = ask.instances.group
        ids = ask.instances.ids or [i.id for i in cloud.instances.values() if i.group == group]
        return [Source(id, cloud.instances[id].region.id) for id in ids]
    if ask.snapshots is not None:
        return [Source(id, cloud.snapshots[id].region.id) for id in ask.snapshots.ids]
    return []
