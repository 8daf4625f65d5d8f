# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What speaks against a platform before any write: in the inputs alone, and in what the account holds."""

from __future__ import annotations

from collections import Counter
from typing import Any

from .layout import OIDC_BUCKET_TAG, Platform


def account_problems(platform: Platform, found: dict[str, Any]) -> list[str]:
    """Every refusal that the account gives reason for. found: what module aws_platform_info returns."""
    problems = []
    there = set(found.get("availability_zones") or [])
    if not any(zone.startswith(platform.region) for zone in there):
        problems.append(
            f"Region {platform.region} is not known to this account, or has no zone for it; correct option region."
        )
    for zone in platform.zones if not problems else ():
        if zone not in there:
            problems.append(
                f"Region {platform.region} offers this account no zone {zone}; use one of {', '.join(sorted(there))}."
            )
    problems += (
        _public_zone_problems(platform, found)
        + _doubles(found)
        + _vpc_problems(platform, found)
        + _foreign(platform, found)
    )
    bucket = found.get("oidc_bucket")
    if platform.oidc_bucket and not bucket and not platform.oidc_bucket_create:
        problems.append(
            f"Bucket {platform.oidc_bucket} does not exist; make it, or set oidc_bucket_create to have it made."
        )
    wanted = platform.oidc_bucket_region or platform.region
    if bucket and bucket["region"] != wanted:
        problems.append(
            f"Bucket {platform.oidc_bucket} is in region {bucket['region']}, not in {wanted}; set oidc_bucket_region."
        )
    return problems


def _public_zone_problems(platform: Platform, found: dict[str, Any]) -> list[str]:
    zones = found.get("public_zones") or []
    if platform.public_zone_id:
        if platform.public_zone_id not in {z["id"] for z in zones}:
            return [
                f"The account has no public zone {platform.public_zone_id} for {platform.base_domain}; correct"
                " public_zone_id."
            ]
        return []
    if not zones and not platform.without_public_zone:
        return [
            f"Route 53 has no public zone {platform.base_domain} in this account; make it, or set allow_no_public_zone."
        ]
    if len(zones) > 1:
        names = ", ".join(sorted(z["id"] for z in zones))
        return [
            f"Route 53 has {len(zones)} public zones {platform.base_domain} ({names}); choose one with public_zone_id."
        ]
    return []


_UNIQUE = {
    "vpcs": "VPC",
    "internet_gateways": "internet gateway",
    "dhcp_options": "DHCP option set",
    "subnets": "subnet",
    "nat_gateways": "NAT gateway",
    "route_tables": "route table",
    "addresses": "Elastic IP address",
    "endpoints": "VPC endpoint",
}


def _doubles(found: dict[str, Any]) -> list[str]:
    """Two objects of one name: which of them is meant cannot be told."""
    problems = []
    for key, what in _UNIQUE.items():
        names = Counter(o["tags"].get("Name", "") for o in found.get(key) or [])
        problems += [
            f"There are {n} of {what} {name} with the tag of this cluster; remove all but one."
            for name, n in names.items()
            if name and n > 1
        ]
    return problems


def _vpc_problems(platform: Platform, found: dict[str, Any]) -> list[str]:
    problems = []
    for vpc in found.get("vpcs") or []:
        if vpc["tags"].get("Name") == platform.vpc_name and vpc["cidr"] != platform.vpc_cidr:
            problems.append(
                f"VPC {platform.vpc_name} has {vpc['cidr']} and cannot be given {platform.vpc_cidr}; set vpc_cidr to"
                " what it has."
            )
    try:
        wanted = {s["name"]: s for s in platform.subnets()}
    except (ValueError, IndexError):
        return problems
    for subnet in found.get("subnets") or []:
        name = subnet["tags"].get("Name")
        row = wanted.get(name)
        if row and (subnet["cidr"], subnet["zone"]) != (row["cidr"], row["zone"]):
            problems.append(
                f"Subnet {name} is {subnet['cidr']} in {subnet['zone']}, not {row['cidr']} in {row['zone']}; name the"
                " zones in their first order."
            )
    return problems


def _foreign(platform: Platform, found: dict[str, Any]) -> list[str]:
    """Objects that only their name connects with this cluster: they may be somebody else's."""
    if platform.adopt:
        return []
    named = [("IAM role", r["name"], r) for r in found.get("roles") or []]
    if found.get("instance_profile"):
        named.append(("Instance profile", found["instance_profile"]["name"], found["instance_profile"]))
    if found.get("oidc_provider"):
        named.append(("OIDC provider", platform.provider, found["oidc_provider"]))
    return [
        f"{what} {name} exists without the tag {platform.owner_tag}; remove it, or set adopt to take it over."
        for what, name, thing in named
        if thing["tags"].get(platform.owner_tag) != "owned"
    ]


def removal_problems(platform: Platform, found: dict[str, Any]) -> list[str]:
    """What must not be removed, although the way there leads through it."""
    problems = []
    for thing in found.get("inside") or []:
        others = [
            k
            for k, v in thing["tags"].items()
            if k.startswith("kubernetes.io/cluster/") and k != platform.owner_tag and v == "owned"
        ]
        if others and thing["tags"].get(platform.owner_tag) != "owned":
            owner = others[0].rpartition("/")[2]
            problems.append(
                f"{thing['what']} {thing['id']} in VPC {platform.vpc_name} belongs to cluster {owner}; remove that"
                " cluster first."
            )
    problems += _others_inside(platform, found)
    bucket = found.get("oidc_bucket")
    if platform.oidc_bucket_remove and bucket:
        if bucket["tags"].get(OIDC_BUCKET_TAG) != "managed":
            problems.append(
                f"Bucket {platform.oidc_bucket} was not made by this role; unset oidc_bucket_remove, and remove it by"
                " hand."
            )
        elif bucket["prefixes"]:
            names = ", ".join(bucket["prefixes"][:5])
            problems.append(
                f"Bucket {platform.oidc_bucket} still holds documents of {names}; destroy those clusters first."
            )
    return problems


def _others_inside(platform: Platform, found: dict[str, Any]) -> list[str]:
    """Network must not be taken from under what runs in it and is not the cluster's."""
    problems = []
    for key, what in (("other_machines", "machine(s)"), ("other_interfaces", "network interface(s) in use")):
        others = found.get(key) or []
        if others:
            names = ", ".join(f"{o['id']}{_spoken(o)}" for o in others[:10]) + (", ..." if len(others) > 10 else "")
            problems.append(
                f"{len(others)} {what} in VPC {platform.vpc_name} without the tag {platform.owner_tag} ({names}) would"
                " lose their network; move or remove them first, or tag them if they are the cluster's."
            )
    return problems


def _spoken(thing: dict[str, Any]) -> str:
    name = (thing.get("tags") or {}).get("Name") or thing.get("description")
    return f" {name}" if name else ""
