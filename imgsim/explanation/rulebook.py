"""A rule of the rule book, or every rule of an error code, explained."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from imgsim.api.rule import Rule
from imgsim.api.rules import REPLAY_AFTER, RULEBOOK
from imgsim.explanation.told import Explanation, paragraph
from imgsim.scenario.words import nearest
from imgsim.workload.mistakes import WAYS

KNOBS: Final[Mapping[str, tuple[str, ...]]] = {
    "call_is_throttled": ("account.limits.calls_per_minute", "load.*.client.retry"),
    "token_was_used_with_other_parameters": ("load.*.client.token", "rules.token_lifetime"),
    "snapshot_service_is_not_open": (
        "account.snapshot_service_open",
        "processes.*.storage-charges.grace",
    ),
    "balance_is_insufficient": (
        "account.balance",
        "account.minimum_balance",
        "account.payment_method_valid",
        "processes.*.storage-charges",
        "processes.*.top-ups",
    ),
    "instance_is_unknown": ("processes.*.status",),
    "instance_may_not_be_imaged": ("instances.*.imaging_allowed",),
    "instance_is_locked_for_security": ("instances.*.locks", "processes.*.locks"),
    "instance_is_neither_running_nor_stopped": ("instances.*.status", "processes.*.status"),
    "too_many_snapshots_are_in_progress": (
        "account.limits.snapshots_in_progress",
        "regions.*.snapshot_service",
        "processes.*.automatic-snapshots",
    ),
    "disk_has_too_many_snapshots": (
        "account.limits.snapshots_per_disk",
        "load.*.delete.snapshots",
        "processes.*.automatic-snapshots",
    ),
    "snapshot_is_not_of_a_system_disk": ("snapshots.*.kind",),
    "snapshot_may_not_be_imaged": ("snapshots.*.imaging_allowed",),
    "snapshot_is_too_old": ("snapshots.*.created", "rules.too_old_before"),
    "snapshot_is_not_ready": ("snapshots.*.status",),
    "image_name_is_taken": ("load.*.mix.*.name", "images.*.name", "load.*.delete"),
    "image_quota_is_exhausted": (
        "regions.*.image_quota",
        "load.*.delete",
        "processes.*.retention",
    ),
}
"""What else of a scenario decides over a fault, besides mistakes; ``*`` is any name or place."""


def told(rule: Rule) -> dict[str, Any]:
    """Return all there is to say of a rule; its order counts from 0."""
    return {
        "order": RULEBOOK.index(rule),
        "row": rule.row,
        "from_the_page": rule.row is not None,
        "optional": rule.optional,
        "http_status": rule.http_status,
        "code": rule.code,
        "alias": rule.alias,
        "message": rule.message,
        "name": rule.name,
        "waiting_cures": rule.waiting_cures,
        "says": rule.summary,
        "reading": rule.reading,
    }


def named(what: str) -> list[Rule]:
    """Return the rules of a name, a code or an alias of one, whatever its case; else none."""
    wanted = what.lower()
    return [
        rule
        for rule in RULEBOOK
        if wanted in {word.lower() for word in (rule.name, rule.code, rule.alias) if word}
    ]


def meant(what: str) -> str | None:
    """Return the name or code of a rule that was perhaps meant."""
    codes = (code for rule in RULEBOOK for code in (rule.name, rule.code, rule.alias) if code)
    return nearest(what, codes)


def explain_rules(rules: list[Rule]) -> Explanation:
    """Return the explanation of one rule, or of several that share a code."""
    lines: list[str] = []
    if len(rules) > 1:
        lines += [f"{rules[0].code} is the code of {len(rules)} rules", ""]
    for rule in rules:
        lines += [*_lines(rule), ""]
    facts = [told(rule) | _made_by(rule) for rule in rules]
    return Explanation(tuple(lines[:-1]), {"rules": facts})


def _lines(rule: Rule) -> list[str]:
    order = RULEBOOK.index(rule)
    lines = [rule.name]

    def add(head: str, text: str) -> None:
        lines.extend(paragraph(text.replace("``", ""), f"  {head:9}"))

    add("fault", rule.summary)
    add("answer", f"{rule.http_status} {rule.code}")
    if rule.alias is not None:
        add("", f"(the real service: {rule.alias})")
    add("", rule.message.replace("\u00a0", " "))
    page = f"row {rule.row} of the error table" if rule.row is not None else "not from the page"
    add("page", page + ("; asked only where account.limits says so" * rule.optional))
    if rule.reading is not None:
        add("reading", rule.reading[0].upper() + rule.reading[1:])
    add("order", _order(rule, order))
    add(
        "waiting", "cures it: the same call may be accepted later" if rule.waiting_cures else _NEVER
    )
    made = _made_by(rule)
    if made["mistake"]:
        add("made by", f"load.*.mistakes: {{{rule.name}: 1%}}, of calls")
        if WAYS[rule.name].needs:
            add("", f"where there is nothing for it: {WAYS[rule.name].needs}")
    else:
        add("made by", f"no mistake of a call: {WAYS[rule.name].needs}")
    if made["knobs"]:
        add("decided", f"by {', '.join(made['knobs'])}")
    add("code in", f"imgsim/api/rules/{rule.file}.py")
    return lines


_CURED: Final = "cures it: the same call may be accepted later"
_NEVER: Final = "does not cure it: the same call is denied again"


def _order(rule: Rule, order: int) -> str:
    text = f"{order + 1} of {len(RULEBOOK)}"
    if order:
        text += f", behind {RULEBOOK[order - 1].name}"
    if order + 1 < len(RULEBOOK):
        text += f", before {RULEBOOK[order + 1].name}"
    behind = order > RULEBOOK.index(REPLAY_AFTER)
    if behind and len(rule.about) < 3:
        text += f"; asked of calls for an image of {_source(rule)} alone"
    return text + ("; not asked of a replay" * behind)


def _source(rule: Rule) -> str:
    return " or ".join(
        {"instance": "an instance", "mapping": "a mapping", "snapshot": "a snapshot"}[str(one)]
        for one in sorted(rule.about)
    )


def _made_by(rule: Rule) -> dict[str, Any]:
    way = WAYS[rule.name]
    return {
        "mistake": way.break_ is not None,
        "needs": way.needs or None,
        "knobs": list(KNOBS.get(rule.name, ())),
    }
