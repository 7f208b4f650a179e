"""The rule book against the page's error table and the table of the model."""

import csv
from pathlib import Path

import pytest
from api.worlds import FROM_INSTANCE, Case, small_world

import imgsim
from imgsim.api.rules import REPLAY_AFTER, RULEBOOK

PAGE = Path(__file__).with_name("error_table.csv")

MODEL = """
-|400|Throttling.User|call_is_throttled|limits|yes
-|400|InvalidParameter|action_is_not_create_image|request|no
-|400|MissingParameter|region_is_missing|request|no
-|400|InvalidParameter|disk_index_is_out_of_range|request|no
-|400|InvalidParameter|token_is_malformed|request|no
10|400|MissingParameter|no_source_is_given|request|no
5|400|InvalidImageName.Malformed|image_name_is_malformed|request|no
6|400|InvalidImageVersion.Malformed|image_version_is_malformed|request|no
3|400|InvalidDescription.Malformed|description_is_malformed|request|no
15|403|InvalidParamter.Conflict|token_was_used_with_other_parameters|token|no
21|404|InvalidRegionId.NotFound|region_is_unknown|region|no
14|403|InvalidAccountStatus.SnapshotServiceUnavailable|snapshot_service_is_not_open|account|yes
13|403|Invalidaccountant status.|balance_is_insufficient|account|yes
7|400|InvalidInstanceId.NotFound|instance_is_unknown|instance|no
8|400|InvalidInstanceId.ValueNotSupported|instance_may_not_be_imaged|instance|no
2|400|InstanceLockedForSecurity|instance_is_locked_for_security|instance|yes
1|400|IncorrectInstanceStatus|instance_is_neither_running_nor_stopped|instance|yes
-|403|TooManySnapshot.Unfinished|too_many_snapshots_are_in_progress|limits|yes
-|403|QuotaExceed.Snapshot|disk_has_too_many_snapshots|limits|yes
22|404|InvalidSnapshotId.NotFound|snapshot_is_unknown|snapshot|no
23|404|InvalidSnapshotId.NotFound|mapped_snapshot_is_unknown|snapshot|no
11|400|OperationDenied|no_system_disk_snapshot_is_mapped|mapping|no
12|400|OperationDenied|several_system_disk_snapshots_are_mapped|mapping|no
19|403|OperationDenied|snapshot_is_not_of_a_system_disk|snapshot|no
18|403|OperationDenied|snapshot_may_not_be_imaged|snapshot|no
16|403|InvalidSnapshot.TooOld|snapshot_is_too_old|snapshot|no
9|400|InvalidSize.ValueNotSupported|disk_size_is_out_of_range|mapping|no
17|403|InvalidSnapshotId.NotReady|snapshot_is_not_ready|snapshot|yes
4|400|InvalidImageName.Duplicated|image_name_is_taken|image|yes
20|403|QuotaExceed.Image|image_quota_is_exhausted|image|yes
"""
"""The table of the model, in the order of checking."""


def page():
    with PAGE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_book_is_the_table_of_the_model_in_its_order():
    ours = [
        (rule.row, rule.http_status, rule.code, rule.name, rule.file, rule.waiting_cures)
        for rule in RULEBOOK
    ]
    model = []
    for line in MODEL.strip().splitlines():
        row, http_status, code, name, file, cures = line.split("|")
        row = None if row == "-" else int(row)
        model.append((row, int(http_status), code, name, file, cures == "yes"))
    assert ours == model


def test_there_are_30_rules_with_30_names_and_a_row_holds_32():
    assert len(RULEBOOK) == len({rule.name for rule in RULEBOOK}) == 30 <= 32


def test_each_of_the_23_rows_of_the_page_is_one_rule():
    rows = sorted(rule.row for rule in RULEBOOK if rule.row is not None)
    assert rows == [int(row["row"]) for row in page()] == list(range(1, 24))


def test_code_message_and_status_of_each_row_are_the_page_s_to_the_byte():
    ours = {rule.row: (str(rule.http_status), rule.code, rule.message) for rule in RULEBOOK}
    for row in page():
        assert ours[int(row["row"])] == (row["http_status"], row["code"], row["message"])


def test_the_accidents_of_the_page_are_kept():
    messages = {rule.row: rule.message for rule in RULEBOOK}
    assert messages[2].endswith(" this\u00a0 security reasons.")
    assert {"InvalidParamter.Conflict", "QuotaExceed.Image", "Invalidaccountant status."} <= {
        rule.code for rule in RULEBOOK
    }


def test_the_rules_without_a_row_come_first_but_for_the_limits_of_snapshots():
    without = [place for place, rule in enumerate(RULEBOOK) if rule.row is None]
    assert without == [0, 1, 2, 3, 4, 17, 18]
    assert [place for place in without if RULEBOOK[place].optional] == [0, 17, 18]
    assert not any(rule.optional for rule in RULEBOOK if rule.row is not None)


def test_only_row_13_has_an_alias():
    aliases = {rule.row: rule.alias for rule in RULEBOOK if rule.alias is not None}
    assert aliases == {13: "InvalidAccountStatus.NotEnoughBalance"}


def test_a_replay_is_decided_where_row_15_stands():
    assert REPLAY_AFTER.row == 15
    assert RULEBOOK.index(REPLAY_AFTER) == 9


@pytest.mark.parametrize("rule", RULEBOOK, ids=lambda rule: rule.name)
def test_each_rule_has_a_summary_of_one_sentence(rule):
    assert rule.summary.endswith(".")
    assert rule.summary.count(". ") == 0
    assert len(rule.summary) > 20


def test_a_reading_is_told_on_one_line_and_is_none_where_the_page_is_plain():
    by_name = {rule.name: rule for rule in RULEBOOK}
    assert by_name["instance_may_not_be_imaged"].reading is None
    assert by_name["instance_is_locked_for_security"].reading == (
        "other locks (financial, ...) do not deny."
    )
    assert all("\n" not in (rule.reading or "") for rule in RULEBOOK)


def test_a_rule_is_called_to_say_whether_a_call_has_the_fault():
    call = Case(small_world(), FROM_INSTANCE | {"Action": "CopyImage"}).call()
    assert [rule.name for rule in RULEBOOK if rule(call)] == ["action_is_not_create_image"]


def test_the_book_is_public():
    assert imgsim.RULEBOOK is RULEBOOK
