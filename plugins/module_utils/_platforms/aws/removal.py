# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be removed of a platform, in order. Source: platform_facts#2.7.

Only what carries the tag of the cluster, or lies in the VPC that does; the record of the ingress operator in the public
zone goes by its name.
One thing differs from the order of 2.7: load balancers and NAT gateways go before the internet gateway, which AWS does
not detach while public addresses are mapped into the VPC.
"""

from __future__ import annotations

from typing import Any

from . import iam_roles
from .layout import Platform

Row = dict[str, Any]
_WHY = "it carries the tag of the cluster"
_INSIDE = "it is in the VPC of the cluster"
# What another list of found names what, in the order in which it goes.
_TAGGED_FIRST = (("instances", "instance"),)
_INSIDE_FIRST = (
    ("load_balancers", "load_balancer"),
    ("target_groups", "target_group"),
    ("classic_load_balancers", "classic_load_balancer"),
)
_INSIDE_LAST = (
    ("inside_endpoints", "vpc_endpoint"),
    ("network_interfaces", "network_interface"),
    ("security_groups", "security_group"),
    ("inside_subnets", "subnet"),
    ("inside_route_tables", "route_table"),
)


def removal_rows(platform: Platform, found: dict[str, Any]) -> list[Row]:
    """found: what aws_platform_info returns with ``leftovers``. Everything that is named here exists."""
    rows = _rows(found, _TAGGED_FIRST, _WHY)
    rows += _rows(found, _INSIDE_FIRST, _INSIDE)
    rows += [_row("nat_gateway", o, _INSIDE) for o in found["inside_nat_gateways"]]
    rows += [_row("internet_gateway", o, _WHY) for o in found["internet_gateways"]]
    rows += _dns(platform, found)
    rows += [
        _row("image_registry_bucket", o, "its name begins with that of the cluster")
        for o in found["image_registry_buckets"]
    ]
    rows += [_row("endpoint_service", o, _WHY) for o in found["endpoint_services"]]
    rows += _rows(found, _INSIDE_LAST, _INSIDE)
    rows += _rows(found, (("vpcs", "vpc"), ("addresses", "address"), ("dhcp_options", "dhcp_options")), _WHY)
    rows += [] if platform.preserve_iam else _iam(platform, found)
    if platform.oidc_bucket_remove and found.get("oidc_bucket"):
        rows.append(
            _row("oidc_bucket", found["oidc_bucket"], "it was made by this role, and its removal was asked for")
        )
    return rows


def _row(kind: str, thing: Row, why: str, **more: Any) -> Row:
    name = thing.get("name") or (thing.get("tags") or {}).get("Name") or thing["id"]
    kept: Row = {key: thing[key] for key in ("ip", "vpc_id", "cidr", "vpc_ids", "rules", "description") if key in thing}
    return {
        "kind": kind,
        "name": name,
        "action": "delete",
        "why": why,
        "id": thing["id"],
        "waits_for": [],
        **kept,
        **more,
    }


def _rows(found: dict[str, Any], lists: tuple[tuple[str, str], ...], why: str) -> list[Row]:
    return [_row(kind, thing, why) for key, kind in lists for thing in found[key]]


def _dns(platform: Platform, found: dict[str, Any]) -> list[Row]:
    rows = [_record(record, "it is the record of the cluster's ingress") for record in found["public_records"]]
    for zone in found["private_zones"]:
        if zone["tags"].get(platform.owner_tag) == "owned" or set(zone["vpc_ids"]) & {v["id"] for v in found["vpcs"]}:
            rows += [_record(record, "its zone goes") for record in zone["records"]]
            rows.append(_row("private_zone", zone, _WHY))
    return rows


def _record(record: Row, why: str) -> Row:
    keys = ("zone_id", "private", "type", "ttl", "values", "alias", "alias_zone_id")
    row = {
        "kind": "record",
        "name": record["name"],
        "action": "delete",
        "why": why,
        "id": record["zone_id"],
        "waits_for": [],
    }
    return {**row, **{k: record[k] for k in keys}}


def _iam(platform: Platform, found: dict[str, Any]) -> list[Row]:
    """Instance profile, roles, issuer: each only with the tag."""

    def owned(thing: Row | None) -> bool:
        return bool(thing) and (thing or {})["tags"].get(platform.owner_tag) == "owned"

    profile, provider = found.get("instance_profile"), found.get("oidc_provider")
    rows = [_row("instance_profile", profile, _WHY)] if profile and owned(profile) else []
    rows += [_row("role", role, _WHY) for role in found["roles"] if owned(role)]
    if provider and owned(provider):
        rows.append(_row("oidc_provider", {**provider, "name": platform.provider}, _WHY, url=platform.issuer_url))
    return rows


def role_names(platform: Platform) -> list[str]:
    """All roles that a run may have made, with whatever options: those of key management and of Karpenter too."""
    every = (*iam_roles.ROLES, iam_roles.KMS, iam_roles.KARPENTER)
    return [*(platform.role_name(r.suffix) for r in every), platform.worker_role]
