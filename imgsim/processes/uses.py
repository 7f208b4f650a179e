"""People use images: RunInstances and ReplaceSystemDisk; refusals are rows like any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imgsim.api.use_image import Use, use_image
from imgsim.records.rows import USES

if TYPE_CHECKING:
    from imgsim.processes.world import World

_OUTCOMES = USES.codes("outcome")


def use(world: World, action: str, image_id: str) -> Use:
    """Use an image now and write the row; raise `ValueError` on an unknown action."""
    answer = use_image(world.cloud, action, image_id)
    journal = world.journal
    journal.uses.append(
        journal.uses.row(
            world.env.now,
            journal.words[action],
            journal.words[image_id],
            _OUTCOMES["granted" if answer.granted else "denied"],
            answer.http_status,
            journal.words[answer.code],
        )
    )
    return answer
