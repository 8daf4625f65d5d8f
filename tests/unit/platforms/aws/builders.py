# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A platform that is as wanted, shaped as module aws_platform_info returns it."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.layout import Platform
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.plan import PlatformPlan

INPUTS: dict[str, Any] = {
    "name": "demo",
    "region": "us-east-2",
    "base_domain": "example.com",
    "zones": ["us-east-2a", "us-east-2b"],
    "oidc_bucket": "oidc-demo",
    "oidc_bucket_create": True,
}
EMPTY: dict[str, Any] = {
    "account": "123456789012", "partition": "aws", "availability_zones": ["us-east-2a", "us-east-2b", "us-east-2c"],
    "vpcs": [], "dhcp_options": [], "internet_gateways": [], "subnets": [], "addresses": [], "nat_gateways": [], "route_tables": [],
    "endpoints": [], "public_zones": [{"id": "ZPUBLIC", "name": "example.com"}], "private_zones": [], "public_records": [],
    "oidc_bucket": None, "oidc_provider": None, "roles": [], "instance_profile": None,
}  # fmt: skip
LEFT: dict[str, Any] = {
    "instances": [], "endpoint_services": [], "image_registry_buckets": [], "load_balancers": [], "target_groups": [],
    "classic_load_balancers": [], "inside_nat_gateways": [], "inside_endpoints": [], "network_interfaces": [], "security_groups": [],
    "inside_subnets": [], "inside_route_tables": [], "inside": [],
    "other_machines": [], "other_interfaces": [],
}  # fmt: skip


def platform(**changed: Any) -> Platform:
    return Platform.of({**INPUTS, **changed})


def empty() -> dict[str, Any]:
    return deepcopy(EMPTY)


def rows(wanted: Platform, found: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    return {(row["kind"], row["name"]): row for row in PlatformPlan(wanted, found).rows()}


_LISTS = {
    "vpc": "vpcs", "dhcp_options": "dhcp_options", "internet_gateway": "internet_gateways", "subnet": "subnets", "address": "addresses",
    "nat_gateway": "nat_gateways", "route_table": "route_tables", "vpc_endpoint": "endpoints", "private_zone": "private_zones", "role": "roles",
}  # fmt: skip


def made(wanted: Platform, found: dict[str, Any] | None = None) -> dict[str, Any]:
    """Does what the plan says until nothing is left, as the tasks of the role do."""
    world = found or empty()
    for _level in range(8):
        ready = [row for row in PlatformPlan(wanted, world).rows() if row["action"] != "keep" and not row["waits_for"]]
        if not ready:
            return world
        for row in ready:
            _do(world, row)
    raise AssertionError(f"no end: {ready}")


def _do(world: dict[str, Any], row: dict[str, Any]) -> None:
    kind, name, identifier = row["kind"], row["name"], row["id"] or f"{row['kind']}-{row['name']}"
    thing: dict[str, Any] = {"id": identifier, "name": name, "tags": row.get("tags", {})}
    tables = {t["id"]: t for t in world["route_tables"]}
    roles = {r["name"]: r for r in world["roles"]}
    if kind == "main_route_table":
        tables[row["route_table_id"]]["main"] = True
    elif kind == "soa_record":
        next(z for z in world["private_zones"] if z["id"] == row["zone_id"])["soa"] = row["value"]
    elif kind == "role_policy":
        roles[row["role"]]["policies"][name] = row["policy"]
    elif kind in ("oidc_bucket", "oidc_provider", "instance_profile"):
        world[kind] = thing | _more(row)
    else:
        others = [o for o in world[_LISTS[kind]] if o["id"] != identifier]
        old = next((o for o in world[_LISTS[kind]] if o["id"] == identifier), {})
        world[_LISTS[kind]] = [*others, {**old, **thing, **_more(row)}]


def _more(row: dict[str, Any]) -> dict[str, Any]:
    """What the made thing has beside id and tags."""
    name = row["name"]
    per_kind: dict[str, dict[str, Any]] = {
        "vpc": {"cidr": row.get("cidr"), "dns_support": True, "dns_hostnames": True, "dhcp_options_id": row.get("dhcp_options_id")},
        "internet_gateway": {"vpc_ids": [row.get("vpc_id")]},
        "subnet": {"cidr": row.get("cidr"), "zone": row.get("zone"), "vpc_id": row.get("vpc_id")},
        "address": {"ip": "192.0.2.1"},
        "route_table": {"routes": {"0.0.0.0/0": row.get("target")}, "subnet_ids": row.get("subnet_ids"), "main": False, "vpc_id": ""},
        "vpc_endpoint": {"route_table_ids": row.get("route_table_ids")},
        "private_zone": {"vpc_ids": [row.get("vpc_id")], "soa": "ns. host. 1 7200 900 1209600 86400", "soa_ttl": 900, "records": []},
        "oidc_bucket": {"policy": row.get("policy"), "public_access_blocked": False, "region": row.get("region"), "prefixes": []},
        "oidc_provider": {"client_ids": row.get("client_ids"), "thumbprints": row.get("thumbprints"), "arn": f"arn:provider/{name}"},
        "role": {"trust": row.get("trust"), "policies": {}, "arn": f"arn:aws:iam::123456789012:role/{name}"},
        "instance_profile": {"roles": [row.get("role")]},
    }
    return per_kind.get(row["kind"], {})
