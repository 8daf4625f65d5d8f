# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an account holds that speaks against making or removing a platform."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.refusals import account_refusals, removal_refusals

from platforms.aws.builders import LEFT, empty, made, platform

ROLE = {"id": "demo-node-pool", "name": "demo-node-pool", "tags": {}}
ACCOUNT_CASES: list[tuple[dict[str, Any], dict[str, Any], str, str]] = [
    ({}, {"availability_zones": ["us-east-2a"]}, "no zone us-east-2b", "zone_not_offered"),
    (
        {},
        {"availability_zones": ["us-east-1a"]},
        "Region us-east-2: this account does not know it, or has no availability zone there. Correct option region.",
        "region_unknown",
    ),
    ({}, {"availability_zones": []}, "correct option region.", "region_unknown"),
    ({}, {"public_zones": []}, "Public zone example.com: Route 53 has no such zone", "no_public_zone"),
    ({}, {"public_zones": [{"id": "Z1"}, {"id": "Z2"}]}, "choose one", "ambiguous_public_zone"),
    ({"public_zone_id": "Z3"}, {}, "correct option public_zone_id", "no_public_zone"),
    ({"oidc_bucket_create": False}, {"oidc_bucket": None}, "does not exist", "bucket_not_found"),
    ({}, {"oidc_bucket": {"id": "b", "region": "eu-west-1", "tags": {}}}, "set oidc_bucket_region", "wrong_region"),
    ({}, {"roles": [ROLE]}, "set adopt", "belongs_to_others"),
    ({}, {"instance_profile": {**ROLE, "name": "demo-worker"}}, "Instance profile demo-worker", "belongs_to_others"),
    ({}, {"oidc_provider": ROLE}, "OIDC provider", "belongs_to_others"),
    ({}, {"vpcs": [{"id": "v", "cidr": "10.1.0.0/16", "tags": {"Name": "demo-vpc"}}]}, "set vpc_cidr", "immutable_address_range"),
    ({}, {"nat_gateways": [{"id": i, "tags": {"Name": "demo-nat-us-east-2a"}} for i in "ab"]}, "remove all but one", "ambiguous_object"),
    (
        {},
        {"subnets": [{"id": "s", "cidr": "10.0.0.0/20", "zone": "us-east-2a", "tags": {"Name": "demo-private-us-east-2a"}}]},
        "first order",
        "immutable_address_range",
    ),
]


@pytest.mark.parametrize(("changed", "there", "words", "code"), ACCOUNT_CASES, ids=[w for _c, _t, w, _code in ACCOUNT_CASES])
def test_the_account_may_speak_against_it(changed: dict[str, Any], there: dict[str, Any], words: str, code: str) -> None:
    (failure,) = account_refusals(platform(**changed), {**empty(), **there})
    assert words.lower() in failure.message().lower() and failure.code == code and failure.next_step, failure


def test_what_is_allowed_is_not_refused() -> None:
    assert account_refusals(platform(), made(platform())) == []
    assert account_refusals(platform(without_public_zone=True), {**empty(), "public_zones": []}) == []
    assert account_refusals(platform(adopt=True), {**empty(), "roles": [ROLE]}) == []


def test_removal_refuses_another_clusters_things_and_a_bucket_in_use() -> None:
    world = {**empty(), **LEFT}
    foreign = {"what": "Subnet", "id": "s-1", "tags": {"kubernetes.io/cluster/other": "owned"}}
    shared = {"what": "Subnet", "id": "s-2", "tags": {"kubernetes.io/cluster/other": "shared"}}
    (problem,) = removal_refusals(platform(), {**world, "inside": [foreign, shared]})
    assert (problem.code, problem.object) == ("belongs_to_others", "Subnet s-1") and "belongs to cluster other" in problem.cause
    bucket = {"id": "oidc-demo", "tags": {}, "prefixes": ["other"]}
    asked = platform(oidc_bucket_remove=True)
    assert "not made by this role" in removal_refusals(asked, {**world, "oidc_bucket": bucket})[0].cause
    bucket = {**bucket, "tags": {"hypershift.core/oidc-bucket": "managed"}}
    assert "documents of other" in removal_refusals(asked, {**world, "oidc_bucket": bucket})[0].cause
    assert removal_refusals(platform(), {**world, "oidc_bucket": bucket}) == []


def test_network_is_not_taken_from_under_what_others_run_in_it() -> None:
    world = {**empty(), **LEFT}
    machines = [{"id": f"i-{n}", "tags": {"Name": "web"} if n == 0 else {}} for n in range(12)]
    (problem,) = removal_refusals(platform(), {**world, "other_machines": machines})
    assert problem.message().startswith("VPC demo-vpc: 12 machine(s)") and problem.code == "in_use"
    assert "(i-0 web, i-1, " in problem.cause and "i-9, ...)" in problem.cause
    interface = {"id": "eni-1", "description": "EFS mount target", "tags": {}}
    (problem,) = removal_refusals(platform(), {**world, "other_interfaces": [interface]})
    assert "1 network interface(s) in use" in problem.cause and "eni-1 EFS mount target" in problem.cause
    assert removal_refusals(platform(), {**world, "other_machines": [], "other_interfaces": []}) == []
