# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What an account holds that speaks against making or removing a platform, before any write."""

from __future__ import annotations

from collections import Counter
from typing import Any

from ..._kernel.errors import Failure
from .layout import OIDC_BUCKET_TAG, Platform

_UNIQUE = {
    "vpcs": "VPC",
    "internet_gateways": "Internet gateway",
    "dhcp_options": "DHCP option set",
    "subnets": "Subnet",
    "nat_gateways": "NAT gateway",
    "route_tables": "Route table",
    "addresses": "Elastic IP address",
    "endpoints": "VPC endpoint",
}


def account_refusals(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    """Every refusal that the account gives reason for. found: what module aws_platform_info returns."""
    return [
        *_zones(platform, found),
        *_public_zone(platform, found),
        *_doubles(found),
        *_network(platform, found),
        *_foreign(platform, found),
        *_bucket(platform, found),
    ]


def _zones(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    there, region = set(found.get("availability_zones") or []), f"Region {platform.region}"
    if not any(zone.startswith(platform.region) for zone in there):
        cause = "this account does not know it, or has no availability zone there"
        return [Failure("region_unknown", cause, object=region, next_step="Correct option region.")]
    return [
        Failure(
            "zone_not_offered",
            f"it offers this account no zone {zone}",
            object=region,
            next_step=f"Use one of {', '.join(sorted(there))}.",
        )
        for zone in platform.zones
        if zone not in there
    ]


def _public_zone(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    domain, zones = f"Public zone {platform.base_domain}", found.get("public_zones") or []
    if platform.public_zone_id:
        if platform.public_zone_id in {z["id"] for z in zones}:
            return []
        cause = f"Route 53 has none of this name with id {platform.public_zone_id} in this account"
        return [Failure("no_public_zone", cause, object=domain, next_step="Correct option public_zone_id.")]
    if not zones and not platform.without_public_zone:
        cause = "Route 53 has no such zone in this account"
        return [Failure("no_public_zone", cause, object=domain, next_step="Make it, or set allow_no_public_zone.")]
    if len(zones) > 1:
        cause = f"Route 53 has {len(zones)} of them ({', '.join(sorted(z['id'] for z in zones))})"
        return [Failure("ambiguous_public_zone", cause, object=domain, next_step="Choose one with public_zone_id.")]
    return []


def _doubles(found: dict[str, Any]) -> list[Failure]:
    """Two objects of one name: which of them is meant cannot be told."""
    refused = []
    for key, what in _UNIQUE.items():
        names = Counter(o["tags"].get("Name", "") for o in found.get(key) or [])
        for name in (name for name, times in names.items() if name and times > 1):
            cause = f"there are {names[name]} of this name with the tag of this cluster"
            refused.append(Failure("ambiguous_object", cause, object=f"{what} {name}", next_step="Remove all but one."))
    return refused


def _network(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    """Address ranges of what is there cannot be changed."""
    refused = []
    for vpc in found.get("vpcs") or []:
        if vpc["tags"].get("Name") == platform.vpc_name and vpc["cidr"] != platform.vpc_cidr:
            cause = f"it has {vpc['cidr']} and cannot be given {platform.vpc_cidr}"
            step = "Set vpc_cidr to what it has."
            refused.append(Failure("immutable_address_range", cause, object=f"VPC {platform.vpc_name}", next_step=step))
    try:
        wanted = {s["name"]: s for s in platform.subnets()}
    except (ValueError, IndexError):
        return refused
    for subnet in found.get("subnets") or []:
        name = subnet["tags"].get("Name")
        row = wanted.get(name)
        if row and (subnet["cidr"], subnet["zone"]) != (row["cidr"], row["zone"]):
            cause = f"it is {subnet['cidr']} in {subnet['zone']}, not {row['cidr']} in {row['zone']}"
            step = "Name the zones in their first order."
            refused.append(Failure("immutable_address_range", cause, object=f"Subnet {name}", next_step=step))
    return refused


def _foreign(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    """Objects that only their name connects with this cluster: they may be somebody else's."""
    if platform.adopt:
        return []
    named = [("IAM role", r["name"], r) for r in found.get("roles") or []]
    if found.get("instance_profile"):
        named.append(("Instance profile", found["instance_profile"]["name"], found["instance_profile"]))
    if found.get("oidc_provider"):
        named.append(("OIDC provider", platform.provider, found["oidc_provider"]))
    return [
        Failure(
            "belongs_to_others",
            f"it exists without the tag {platform.owner_tag}",
            object=f"{what} {name}",
            next_step="Remove it, or set adopt to take it over.",
        )
        for what, name, thing in named
        if thing["tags"].get(platform.owner_tag) != "owned"
    ]


def _bucket(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    bucket, name = found.get("oidc_bucket"), f"Bucket {platform.oidc_bucket}"
    if platform.oidc_bucket and not bucket and not platform.oidc_bucket_create:
        step = "Make it, or set oidc_bucket_create to have it made."
        return [Failure("bucket_not_found", "it does not exist", object=name, next_step=step)]
    wanted = platform.oidc_bucket_region or platform.region
    if bucket and bucket["region"] != wanted:
        cause = f"it is in region {bucket['region']}, not in {wanted}"
        return [Failure("wrong_region", cause, object=name, next_step="Set oidc_bucket_region.")]
    return []


def removal_refusals(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    """What must not be removed, although the way there leads through it."""
    return _of_other_clusters(platform, found) + _others_inside(platform, found) + _kept_bucket(platform, found)


def _of_other_clusters(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    refused = []
    for thing in found.get("inside") or []:
        owners = [
            key.rpartition("/")[2]
            for key, value in thing["tags"].items()
            if key.startswith("kubernetes.io/cluster/") and key != platform.owner_tag and value == "owned"
        ]
        if owners and thing["tags"].get(platform.owner_tag) != "owned":
            cause = f"it lies in VPC {platform.vpc_name} and belongs to cluster {owners[0]}"
            name = f"{thing['what']} {thing['id']}"
            refused.append(Failure("belongs_to_others", cause, object=name, next_step="Remove that cluster first."))
    return refused


def _others_inside(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    """Network must not be taken from under what runs in it and is not the cluster's."""
    refused = []
    for key, what in (("other_machines", "machine(s)"), ("other_interfaces", "network interface(s) in use")):
        others = found.get(key) or []
        if others:
            names = ", ".join(f"{o['id']}{_label(o)}" for o in others[:10]) + (", ..." if len(others) > 10 else "")
            cause = f"{len(others)} {what} without the tag {platform.owner_tag} ({names}) would lose their network"
            step = "Move or remove them first, or tag them if they are the cluster's."
            refused.append(Failure("in_use", cause, object=f"VPC {platform.vpc_name}", next_step=step))
    return refused


def _label(thing: dict[str, Any]) -> str:
    name = (thing.get("tags") or {}).get("Name") or thing.get("description")
    return f" {name}" if name else ""


def _kept_bucket(platform: Platform, found: dict[str, Any]) -> list[Failure]:
    bucket, name = found.get("oidc_bucket"), f"Bucket {platform.oidc_bucket}"
    if not platform.oidc_bucket_remove or not bucket:
        return []
    if bucket["tags"].get(OIDC_BUCKET_TAG) != "managed":
        step = "Unset oidc_bucket_remove, and remove it by hand."
        return [Failure("belongs_to_others", "it was not made by this role", object=name, next_step=step)]
    if bucket["prefixes"]:
        cause = f"it still holds documents of {', '.join(bucket['prefixes'][:5])}"
        return [Failure("in_use", cause, object=name, next_step="Destroy those clusters first.")]
    return []
