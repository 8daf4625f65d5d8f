# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be made or changed for a platform, from what is there. Source: platform_facts#2.7."""

from __future__ import annotations

from typing import Any

from ..._kernel.errors import Failure, HypershiftError
from . import iam_roles
from .layout import CLIENT_IDS, OIDC_BUCKET_TAG, SOA_MINIMUM, THUMBPRINT, Platform
from .network_plan import NetworkPlan
from .plan_rows import Row, id_of, lacking, row, tags_differ


class PlatformPlan:
    """found: what module aws_platform_info returns; partition and account are read from the caller's ARN."""

    def __init__(self, platform: Platform, found: dict[str, Any]) -> None:
        self.platform, self.found = platform, found
        self.partition = found["partition"]
        self.network = NetworkPlan(platform, found)
        self.vpc_id = self.network.vpc_id
        self.roles = {role["name"]: role for role in found["roles"]}
        self.zones = {
            zone["name"]: zone for zone in found["private_zones"] if self.vpc_id and self.vpc_id in zone["vpc_ids"]
        }

    def rows(self) -> list[Row]:
        """In the order in which they are made."""
        return [
            *self.network.rows(),
            *self._zones(),
            *self._bucket(),
            *self._provider(),
            *self._roles(),
            *self._policies(),
            self._profile(),
        ]

    def _zones(self) -> list[Row]:
        rows = []
        for name in (self.platform.private_domain, self.platform.local_domain):
            thing, tags = self.zones.get(name), self.platform.owned(name)
            reasons = tags_differ(tags, thing) if thing else []
            rows.append(
                row(
                    "private_zone",
                    name,
                    thing,
                    reasons,
                    vpc_id=self.vpc_id,
                    tags=tags,
                    waits_for=lacking(vpc=self.vpc_id),
                )
            )
            soa = soa_with_minimum(name, thing["soa"]) if thing else ""
            done = {"id": thing["id"]} if thing else None
            reasons = [f"minimum is not {SOA_MINIMUM}"] if thing and soa != thing["soa"] else []
            waits = lacking(private_zone=(thing or {}).get("id"))
            more = {"zone_id": (thing or {}).get("id", ""), "value": soa, "ttl": (thing or {}).get("soa_ttl", 900)}
            rows.append(row("soa_record", name, done, reasons, waits_for=waits, **more))
        return rows

    def _bucket(self) -> list[Row]:
        p, thing = self.platform, self.found.get("oidc_bucket")
        if not p.oidc_bucket or not p.oidc_bucket_create:
            return []
        policy, tags, reasons = (
            iam_roles.bucket_policy(p.oidc_bucket, self.partition),
            {**p.tags, OIDC_BUCKET_TAG: "managed"},
            [],
        )
        if thing:
            same = iam_roles.comparable(thing["policy"]) == iam_roles.comparable(policy)
            reasons = tags_differ(tags, thing) + ([] if same else ["policy"])
            reasons += ["public access is blocked"] if thing["public_access_blocked"] else []
        more = {"policy": policy, "tags": tags, "region": p.oidc_bucket_region or p.region}
        return [row("oidc_bucket", p.oidc_bucket, thing, reasons, **more)]

    @property
    def provider_arn(self) -> str:
        return f"arn:{self.partition}:iam::{self.found['account']}:oidc-provider/{self.platform.provider}"

    def _provider(self) -> list[Row]:
        p, thing, tags = self.platform, self.found.get("oidc_provider"), self.platform.owned()
        reasons = []
        if thing:
            reasons = tags_differ(tags, thing)
            reasons += [] if set(CLIENT_IDS) <= set(thing["client_ids"]) else ["client IDs"]
            reasons += [] if THUMBPRINT.lower() in {t.lower() for t in thing["thumbprints"]} else ["thumbprints"]
        more = {"url": p.issuer_url, "client_ids": list(CLIENT_IDS), "thumbprints": [THUMBPRINT], "tags": tags}
        return [row("oidc_provider", p.provider, thing, reasons, **more)]

    def _roles(self) -> list[Row]:
        wanted = [
            (self.platform.role_name(r.suffix), iam_roles.trust(r, self.platform.provider, self.provider_arn))
            for r in iam_roles.roles(self.platform)
        ]
        rows = []
        for name, trust in [*wanted, (self.platform.worker_role, iam_roles.worker_trust())]:
            thing, tags, reasons = self.roles.get(name), self.platform.owned(), []
            if thing:
                same = iam_roles.comparable(thing["trust"]) == iam_roles.comparable(trust)
                reasons = tags_differ(tags, thing) + ([] if same else ["trust policy"])
            rows.append(row("role", name, thing, reasons, trust=trust, tags=tags))
        return rows

    def zone_ids(self) -> dict[str, str]:
        p = self.platform
        public = p.public_zone_id or next((z["id"] for z in self.found.get("public_zones") or []), "")
        return {
            "public": public,
            "private": id_of(self.zones, p.private_domain),
            "local": id_of(self.zones, p.local_domain),
        }

    def _policies(self) -> list[Row]:
        p, zones = self.platform, self.zone_ids()
        rows = []
        for role in iam_roles.roles(p):
            needed = {"openshift-ingress": zones["private"], "control-plane-operator": zones["local"]}.get(
                role.suffix, "none"
            )
            wanted = iam_roles.permissions(role, p, self.partition, zones)
            name = p.role_name(role.suffix)
            rows.append(self._policy(name, name, wanted, lacking(private_zone=needed, role=id_of(self.roles, name))))
        waits = lacking(role=id_of(self.roles, p.worker_role))
        return [*rows, self._policy(p.worker_role, p.worker_policy, iam_roles.worker_permissions(), waits)]

    def _policy(self, role: str, name: str, wanted: dict[str, Any], waits: list[str]) -> Row:
        there = (self.roles.get(role) or {"policies": {}})["policies"].get(name)
        same = iam_roles.comparable(there) == iam_roles.comparable(wanted) and not waits
        thing = {"id": name} if there is not None else None
        return row(
            "role_policy", name, thing, [] if same else ["permissions"], role=role, policy=wanted, waits_for=waits
        )

    def _profile(self) -> Row:
        p, thing, tags, reasons = self.platform, self.found.get("instance_profile"), self.platform.owned(), []
        if thing:
            reasons = tags_differ(tags, thing) + ([] if p.worker_role in thing["roles"] else ["role"])
        waits = lacking(role=id_of(self.roles, p.worker_role))
        return row("instance_profile", p.worker_profile, thing, reasons, role=p.worker_role, tags=tags, waits_for=waits)


def soa_with_minimum(zone: str, value: str) -> str:
    """The SOA record with our minimum; it has seven fields, the last of which is the minimum (RFC 1035)."""
    fields = value.split()
    if len(fields) != 7:
        raise HypershiftError(
            Failure(
                "unexpected_answer",
                "its SOA record has not seven fields",
                f"Zone {zone}",
                next_step="Look at the zone in Route 53.",
            )
        )
    return " ".join([*fields[:6], SOA_MINIMUM])
