"""The rule book: the documented rules in the order of checking.

The page gives no order. Ours: what the request alone shows, has it been asked before, does the
place exist, may the account, do the named things exist, permit it for ever, permit it now, is
there room. Permanent causes come before passing ones, so that nobody is told to wait for what can
never work; the quota comes last, so that a call which fails elsewhere never takes a slot. A limit
of calls, where there is one, stands before all of it: a throttled call is not looked at.
"""

from __future__ import annotations

from imgsim.api.rule import Rule
from imgsim.api.rules import (
    account,
    image,
    instance,
    limits,
    mapping,
    region,
    request,
    snapshot,
    token,
)

RULEBOOK: tuple[Rule, ...] = (
    limits.call_is_throttled,
    request.action_is_not_create_image,
    request.region_is_missing,
    request.disk_index_is_out_of_range,
    request.token_is_malformed,
    request.no_source_is_given,
    request.image_name_is_malformed,
    request.image_version_is_malformed,
    request.description_is_malformed,
    token.token_was_used_with_other_parameters,
    region.region_is_unknown,
    account.snapshot_service_is_not_open,
    account.balance_is_insufficient,
    instance.instance_is_unknown,
    instance.instance_may_not_be_imaged,
    instance.instance_is_locked_for_security,
    instance.instance_is_neither_running_nor_stopped,
    limits.too_many_snapshots_are_in_progress,
    limits.disk_has_too_many_snapshots,
    snapshot.snapshot_is_unknown,
    snapshot.mapped_snapshot_is_unknown,
    mapping.no_system_disk_snapshot_is_mapped,
    mapping.several_system_disk_snapshots_are_mapped,
    snapshot.snapshot_is_not_of_a_system_disk,
    snapshot.snapshot_may_not_be_imaged,
    snapshot.snapshot_is_too_old,
    mapping.disk_size_is_out_of_range,
    snapshot.snapshot_is_not_ready,
    image.image_name_is_taken,
    image.image_quota_is_exhausted,
)

REPLAY_AFTER: Rule = token.token_was_used_with_other_parameters
"""A replay is decided where this rule stands: the rules before it are asked, the rest is not."""

__all__ = ["REPLAY_AFTER", "RULEBOOK"]
