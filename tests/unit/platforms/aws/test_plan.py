# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be made, changed and removed of a platform on AWS (platform_facts#2.7)."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import HypershiftError
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.plan import PlatformPlan, soa_with_minimum
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.removal import removal_rows, role_names
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.result import summary

from platforms.aws.builders import LEFT, empty, made, platform, rows

TAG = "kubernetes.io/cluster/demo"


def public(world: dict[str, Any]) -> dict[str, Any]:
    return next(t for t in world["route_tables"] if t["name"] == "demo-public")


def test_everything_is_made_of_nothing_and_then_nothing_is_left() -> None:
    wanted = platform()
    first = rows(wanted, empty())
    assert {row["action"] for row in first.values()} == {"create"} and len(first) == 39
    world = made(wanted)
    assert {row["action"] for row in rows(wanted, world).values()} == {"keep"}


def test_the_order_is_one_of_needs() -> None:
    """No row comes before what it waits for."""
    order = [row["kind"] for row in PlatformPlan(platform(), empty()).rows()]
    first = {kind: order.index(kind) for kind in order}
    for row in PlatformPlan(platform(), empty()).rows():
        for needed in row["waits_for"]:
            assert first[needed] < order.index(row["kind"]), (row["kind"], needed)


@pytest.mark.parametrize(
    ("change", "kind", "name", "why"),
    [
        (lambda w: w["vpcs"][0].update(dns_hostnames=False), "vpc", "demo-vpc", "dns_hostnames is off"),
        (lambda w: w["vpcs"][0].update(dhcp_options_id="dopt-default"), "vpc", "demo-vpc", "DHCP options are not its own"),
        (lambda w: w["vpcs"][0].update(tags={"Name": "demo-vpc"}), "vpc", "demo-vpc", f"tags {TAG}"),
        (lambda w: w["internet_gateways"][0].update(vpc_ids=[]), "internet_gateway", "demo-igw", "not attached"),
        (lambda w: w["nat_gateways"].pop(0), "nat_gateway", "demo-nat-us-east-2a", "not there"),
        (lambda w: w["nat_gateways"][0].update(id="nat-new"), "route_table", "demo-private-us-east-2a", "default route"),
        (lambda w: public(w).update(subnet_ids=[]), "route_table", "demo-public", "subnets"),
        (lambda w: public(w).update(main=False), "main_route_table", "demo-public", "not there"),
        (lambda w: w["endpoints"][0].update(route_table_ids=[]), "vpc_endpoint", "demo-s3", "route tables"),
        (lambda w: w["private_zones"][0].update(soa="a b 1 2 3 4 86400"), "soa_record", "demo.example.com", "minimum"),
        (lambda w: w["oidc_provider"].update(client_ids=["openshift"]), "oidc_provider", "*", "client IDs"),
        (lambda w: w["oidc_provider"].update(thumbprints=["00"]), "oidc_provider", "*", "thumbprints"),
        (lambda w: w["oidc_bucket"].update(public_access_blocked=True), "oidc_bucket", "oidc-demo", "public access"),
        (lambda w: w["oidc_bucket"].update(policy=None), "oidc_bucket", "oidc-demo", "policy"),
        (lambda w: w["roles"][0].update(trust={"Version": "2012-10-17", "Statement": []}), "role", "demo-openshift-ingress", "trust policy"),
        (lambda w: w["roles"][1]["policies"].clear(), "role_policy", "demo-openshift-image-registry", "not there"),
        (lambda w: w["roles"][2]["policies"].update({"demo-aws-ebs-csi-driver-controller": {}}), "role_policy",
         "demo-aws-ebs-csi-driver-controller", "permissions"),
        (lambda w: w["instance_profile"].update(roles=[]), "instance_profile", "demo-worker", "role"),
    ],
)  # fmt: skip
def test_what_differs_is_found_and_nothing_else(change: Any, kind: str, name: str, why: str) -> None:
    world = made(platform())
    change(world)
    todo = {key: row for key, row in rows(platform(), world).items() if row["action"] != "keep"}
    row = todo[(kind, platform().provider if name == "*" else name)]
    assert why in row["why"]
    assert not {key for key in todo if key[0] not in (kind, "route_table")}
    assert {r["action"] for r in rows(platform(), made(platform(), world)).values()} == {"keep"}


def test_tags_of_others_and_the_rewriting_of_policies_are_no_difference() -> None:
    world = made(platform())
    world["vpcs"][0]["tags"] = {**world["vpcs"][0]["tags"], "cost-centre": "42"}
    for role in world["roles"]:
        for statement in role["trust"]["Statement"]:
            statement["Action"] = [statement["Action"]]
    world["oidc_bucket"]["policy"]["Statement"][0]["Principal"] = "*"
    world["oidc_bucket"]["policy"]["Statement"] = world["oidc_bucket"]["policy"]["Statement"][0]
    assert {row["action"] for row in rows(platform(), world).values()} == {"keep"}


def test_a_new_zone_touches_nothing_that_is_there_but_the_endpoint() -> None:
    world, wider = made(platform()), platform(zones=["us-east-2a", "us-east-2b", "us-east-2c"])
    todo = {key for key, row in rows(wider, world).items() if row["action"] != "keep"}
    assert todo == {
        ("subnet", "demo-private-us-east-2c"), ("subnet", "demo-public-us-east-2c"), ("address", "demo-eip-us-east-2c"),
        ("nat_gateway", "demo-nat-us-east-2c"), ("route_table", "demo-private-us-east-2c"), ("route_table", "demo-public"),
        ("vpc_endpoint", "demo-s3"),
    }  # fmt: skip
    assert {row["action"] for row in rows(wider, made(wider, world)).values()} == {"keep"}


def test_a_zone_of_the_same_name_elsewhere_is_not_ours() -> None:
    world = empty()
    world["private_zones"] = [{"id": "ZOTHER", "name": "demo.example.com", "vpc_ids": ["vpc-other"], "tags": {}, "soa": "", "records": []}]
    assert rows(platform(), world)[("private_zone", "demo.example.com")]["action"] == "create"
    assert removal_rows(platform(), {**world, **LEFT}) == []


def test_the_soa_record_is_kept_but_for_its_minimum() -> None:
    assert soa_with_minimum("z", "ns-1.awsdns.org. host.amazon.com. 1 7200 900 1209600 86400").split()[-2:] == ["1209600", "60"]
    with pytest.raises(HypershiftError, match="seven fields"):
        soa_with_minimum("z", "broken")


def removal_world() -> dict[str, Any]:
    """A platform that was used, with something of every kind."""
    world = {**made(platform()), **{key: list(value) for key, value in LEFT.items()}}
    for key, name in (
        ("instances", "i-1"), ("endpoint_services", "vpce-svc-1"), ("image_registry_buckets", "demo-image-registry-x"),
        ("load_balancers", "nlb"), ("target_groups", "group"), ("classic_load_balancers", "classic"), ("network_interfaces", "eni-1"),
        ("security_groups", "sg-1"),
    ):  # fmt: skip
        world[key] = [{"id": name, "name": name, "tags": {}}]
    for key, plural in (("inside_nat_gateways", "nat_gateways"), ("inside_endpoints", "endpoints"), ("inside_subnets", "subnets"),
                        ("inside_route_tables", "route_tables")):  # fmt: skip
        world[key] = world[plural]
    record = {"name": "*.apps.demo.example.com", "zone_id": "ZPUBLIC", "private": False, "type": "A", "ttl": 60, "values": ["192.0.2.1"],
              "alias": False, "alias_zone_id": ""}  # fmt: skip
    world["public_records"] = [record]
    return world


def test_removal_goes_in_order() -> None:
    kinds = list(dict.fromkeys(row["kind"] for row in removal_rows(platform(oidc_bucket_remove=True), removal_world())))
    assert kinds == [
        "instance", "load_balancer", "target_group", "classic_load_balancer", "nat_gateway", "internet_gateway", "record", "private_zone",
        "image_registry_bucket", "endpoint_service", "vpc_endpoint", "network_interface", "security_group", "subnet", "route_table", "vpc",
        "address", "dhcp_options", "instance_profile", "role", "oidc_provider", "oidc_bucket",
    ]  # fmt: skip


def test_removal_leaves_what_has_no_tag_and_what_was_not_asked_for() -> None:
    world = removal_world()
    world["roles"][0]["tags"] = {}
    world["oidc_provider"]["tags"] = {TAG: "shared"}
    names = {(row["kind"], row["name"]) for row in removal_rows(platform(), world)}
    assert ("role", "demo-openshift-ingress") not in names and ("role", "demo-node-pool") in names
    assert not {kind for kind, _name in names} & {"oidc_provider", "oidc_bucket"}
    kept = {row["kind"] for row in removal_rows(platform(preserve_iam=True), world)}
    assert not kept & {"role", "instance_profile", "oidc_provider"} and "vpc" in kept


def test_roles_of_all_options_are_looked_for() -> None:
    assert {"demo-kms-provider", "demo-karpenter", "demo-worker-role"} <= set(role_names(platform())) and len(role_names(platform())) == 10


def test_the_result_feeds_hosted_cluster() -> None:
    found = summary(platform(tags={"team": "a"}), made(platform(tags={"team": "a"})))
    assert found["hosted_cluster"]["private_zone_id"] == "private_zone-demo.example.com"
    assert found["hosted_cluster"]["public_zone_id"] == "ZPUBLIC"
    assert found["hosted_cluster_aws"] == {
        "region": "us-east-2", "vpc": "vpc-demo-vpc", "subnet_id": "subnet-demo-private-us-east-2a", "zone": "us-east-2a",
        "roles": found["roles"], "resource_tags": {"team": "a"},
    }  # fmt: skip
    assert [pool["name"] for pool in found["node_pools"]] == ["demo-us-east-2a", "demo-us-east-2b"]
    assert found["node_pools"][1]["aws"] == {"instance_profile": "demo-worker", "subnet_id": "subnet-demo-private-us-east-2b"}
    before = summary(platform(), empty())
    assert before["vpc_id"] == "" and before["roles"]["ingress"] == ""
