"""Invented audit events and Describe answers in the documented shapes; no real account."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)
REGION = "cn-hangzhou"
MARK = "WHO-IS-IT"
"""Stands wherever somebody could be known by it; no output may hold it."""


def event(number, parameters=None, code=None, *, at=None, **changes):
    """Return a CreateImage event with everything that tells who made it."""
    at = at or START + timedelta(seconds=47 * number)
    sent = {
        "RegionId": REGION,
        "InstanceId": f"i-bp1{number % 6:03}",
        "ImageName": f"build-{number}",
        "AcsProduct": "Ecs",
        "AcsHost": f"{MARK}.example.com",
        "AcceptLanguage": "en-US",
        "ClientPort": 51234,
        "X-Acs-Client-Tls-Version": "TLSv1.3",
        "Tag.1.Key": f"owner-{MARK}",
        "Tag.1.Value": MARK,
        "Description": f"made by {MARK}",
    } | (parameters or {})
    sent = {key: value for key, value in sent.items() if value is not None}
    made = {
        "eventId": f"{number:08}-0000-4000-8000-00000000000A",
        "eventVersion": "1" if number % 2 else 1,
        "eventName": "CreateImage",
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "eventType": "ApiCall",
        "eventRW": "Write",
        "eventCategory": "Management",
        "eventSource": "ecs.cn-hangzhou.aliyuncs.com",
        "serviceName": "Ecs",
        "acsRegion": REGION,
        "apiVersion": "2014-05-26",
        "requestId": f"{number:08}-0000-4000-8000-00000000000A",
        "requestParameters": sent,
        "requestParameterJson": json.dumps(sent),
        "responseElements": {"RequestId": f"{number:08}", "ImageId": f"m-bp1{number:06}"},
        "sourceIpAddress": f"203.0.113.7 {MARK}",
        "userAgent": f"Terraform/1.9 {MARK}",
        "userIdentity": {
            "type": "ram-user",
            "accountId": f"1234567890123456{MARK}",
            "principalId": f"principal-{MARK}",
            "accessKeyId": f"LTAI{MARK}",
            "userName": f"name-{MARK}",
            "sessionContext": {"attributes": {"mfaAuthenticated": "false", "creationDate": MARK}},
        },
        "recipientAccountId": f"recipient-{MARK}",
        "referencedResources": {"ACS::ECS::Image": [f"m-{MARK}"]},
        "resourceName": f"resource-{MARK}",
        "additionalEventData": {"CallbackId": MARK, "isMFAChecked": "false"},
        "vpcId": f"vpc-{MARK}",
    }
    if code is not None:
        made |= {"errorCode": code, "errorMessage": f"{code} for {MARK}"}
        del made["responseElements"]
    elif number % 3 == 0:
        made |= {"errorCode": "", "errorMessage": ""}
    return made | changes


def images(*ids, created="2026-02-01T08:00:00Z", **changes):
    """Return a DescribeImages answer."""
    return answer(
        "Images",
        "Image",
        [
            {
                "ImageId": id,
                "ImageName": f"golden-{id}",
                "ImageOwnerAlias": "self",
                "Description": MARK,
                "Status": "Available",
                "CreationTime": created,
                "Tags": {"Tag": [{"TagKey": "owner", "TagValue": MARK}]},
                "DiskDeviceMappings": {"DiskDeviceMapping": [{"SnapshotId": f"s-of-{id}"}]},
            }
            | changes
            for id in ids
        ],
        RegionId=REGION,
    )


def snapshots(*ids, created="2026-02-01T07:00:00Z", **changes):
    """Return a DescribeSnapshots answer, which names no region."""
    return answer(
        "Snapshots",
        "Snapshot",
        [
            {
                "SnapshotId": id,
                "SnapshotName": MARK,
                "Description": MARK,
                "SourceDiskId": "d-bp1000",
                "SourceDiskSize": "40",
                "SourceDiskType": "system",
                "Status": "accomplished",
                "CreationTime": created,
            }
            | changes
            for id in ids
        ],
    )


def disks(instance, *sizes, **changes):
    """Return a DescribeDisks answer for an instance: the first size is the system disk's."""
    return answer(
        "Disks",
        "Disk",
        [
            {
                "DiskId": f"d-{instance[2:]}{number or ''}",
                "DiskName": MARK,
                "RegionId": REGION,
                "InstanceId": instance,
                "Type": "data" if number else "system",
                "Size": size,
                "SerialNumber": MARK,
            }
            | changes
            for number, size in enumerate(sizes)
        ],
    )


def instances(*ids, **changes):
    """Return a DescribeInstances answer."""
    return answer(
        "Instances",
        "Instance",
        [
            {
                "InstanceId": id,
                "InstanceName": MARK,
                "HostName": MARK,
                "RegionId": REGION,
                "Status": "Running",
                "PublicIpAddress": {"IpAddress": [f"203.0.113.8 {MARK}"]},
                "OperationLocks": {"LockReason": []},
                "ImageId": "m-of-somebody",
            }
            | changes
            for id in ids
        ],
    )


def answer(many, one, items, **more):
    return {"RequestId": "R", "PageNumber": 1, "TotalCount": len(items), many: {one: items}} | more
