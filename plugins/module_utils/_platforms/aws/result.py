# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a platform gives to the modules hosted_cluster and nodepool, so that nothing is typed twice."""

from __future__ import annotations

from typing import Any

from . import iam_roles
from .layout import NO_PREFIX, Platform
from .plan import PlatformPlan
from .plan_rows import id_of


def summary(platform: Platform, found: dict[str, Any]) -> dict[str, Any]:
    """Identifiers that are not known yet, as in check mode, are empty."""
    plan = PlatformPlan(platform, found)
    arns = {
        role.suffix: plan.roles.get(platform.role_name(role.suffix), {}).get("arn", "")
        for role in iam_roles.roles(platform)
    }
    roles = {role.option: arns[role.suffix] for role in iam_roles.ROLES}
    subnets = _subnets(platform, plan)
    zones = plan.zone_ids()
    aws = _aws_options(platform, plan.vpc_id, subnets[0]["private_subnet_id"], roles)
    profile = found.get("instance_profile")
    return {
        "name": platform.name,
        "infra_id": platform.infra_id,
        "region": platform.region,
        "base_domain": platform.base_domain,
        "account": found["account"],
        "vpc_id": plan.vpc_id,
        "machine_network": platform.vpc_cidr,
        "zones": subnets,
        "public_zone_id": zones["public"],
        "private_zone_id": zones["private"],
        "local_zone_id": zones["local"],
        "issuer_url": platform.issuer_url,
        "oidc_provider_arn": (found.get("oidc_provider") or {}).get("arn", ""),
        "roles": roles,
        "kms_role_arn": arns.get("kms-provider", ""),
        "karpenter_role_arn": arns.get("karpenter", ""),
        "instance_profile": profile["name"] if profile else "",
        "hosted_cluster_aws": aws,
        "hosted_cluster": _hosted_cluster(platform, zones, aws),
        "node_pools": [_node_pool(platform, subnet) for subnet in subnets],
    }


def _aws_options(platform: Platform, vpc_id: str, subnet_id: str, roles: dict[str, str]) -> dict[str, Any]:
    """Option aws of module hosted_cluster."""
    return {
        "region": platform.region,
        "vpc": vpc_id,
        "subnet_id": subnet_id,
        "zone": platform.zones[0],
        "roles": roles,
        **({"resource_tags": platform.tags} if platform.tags else {}),
    }


def _subnets(platform: Platform, plan: PlatformPlan) -> list[dict[str, Any]]:
    return [
        {
            "zone": zone,
            "private_subnet_id": id_of(plan.network.subnets, platform.subnet_name(zone, public=False)),
            "public_subnet_id": id_of(plan.network.subnets, platform.subnet_name(zone, public=True)),
            "nat_gateway_id": id_of(plan.network.nats, platform.nat_name(zone)),
        }
        for zone in platform.zones
    ]


def _hosted_cluster(platform: Platform, zones: dict[str, str], aws: dict[str, Any]) -> dict[str, Any]:
    """Options of module hosted_cluster. The API takes an empty prefix for a cluster that sits directly under its base
    domain."""
    prefix = (
        {} if not platform.prefix else {"base_domain_prefix": "" if platform.prefix == NO_PREFIX else platform.prefix}
    )
    return {
        "name": platform.name,
        "infra_id": platform.infra_id,
        "platform": "aws",
        "base_domain": platform.base_domain,
        **prefix,
        **({"public_zone_id": zones["public"]} if zones["public"] else {}),
        "private_zone_id": zones["private"],
        "issuer_url": platform.issuer_url,
        "machine_networks": [platform.vpc_cidr],
        "aws": aws,
    }


def _node_pool(platform: Platform, subnet: dict[str, Any]) -> dict[str, Any]:
    """One pool per zone, as the command line makes them; how many nodes is for the user to say."""
    return {
        "name": f"{platform.name}-{subnet['zone']}",
        "aws": {"instance_profile": platform.worker_profile, "subnet_id": subnet["private_subnet_id"]},
    }
