# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be made or changed for a platform, from what is there. Source: facts 2.7.

A row: {kind, name, action: create | update | keep, why, id, ...}. Rows carry what the task needs that does the write;
what another row has still to make is an empty id, and ``waits_for`` names it.
"""

from __future__ import annotations

from typing import Any

from ..._kernel.errors import Failure, HypershiftError
from . import iam_roles
from .layout import CLIENT_IDS, OIDC_BUCKET_TAG, SOA_MINIMUM, THUMBPRINT, Platform

Row = dict[str, Any]
DEFAULT_ROUTE = "0.0.0.0/0"


def by_name(things: list[Row] | None) -> dict[str, Row]:
    return {thing["tags"].get("Name", ""): thing for thing in things or []}


def tags_differ(wanted: dict[str, str], thing: Row) -> list[str]:
    """Reasons; tags of others stay."""
    lacking = sorted(k for k, v in wanted.items() if thing["tags"].get(k) != v)
    return [f"tags {', '.join(lacking)}"] if lacking else []


def row(kind: str, name: str, thing: Row | None, reasons: list[str], **more: Any) -> Row:
    """reasons: what differs when there is one. A value in ``more`` that is empty because another row has to make it
    first is named there."""
    waits = more.pop("waits_for", [])
    action = "create" if thing is None else ("update" if reasons else "keep")
    why = "it is not there" if thing is None else (f"differs: {', '.join(reasons)}" if reasons else "as wanted")
    return {
        "kind": kind,
        "name": name,
        "action": action,
        "why": why,
        "id": (thing or {}).get("id", ""),
        "waits_for": waits,
        **more,
    }


class PlatformPlan:
    """found: what module aws_platform_info returns; partition and account are read from the caller's ARN."""

    def __init__(self, platform: Platform, found: dict[str, Any]) -> None:
        self.platform, self.found = platform, found
        self.partition = found["partition"]
        self.vpcs, self.subnets = by_name(found["vpcs"]), by_name(found["subnets"])
        self.gateways, self.dhcp = by_name(found["internet_gateways"]), by_name(found["dhcp_options"])
        self.addresses, self.nats = by_name(found["addresses"]), by_name(found["nat_gateways"])
        self.tables, self.endpoints = by_name(found["route_tables"]), by_name(found["endpoints"])
        self.roles = {role["name"]: role for role in found["roles"]}
        self.vpc_id = self.id_of(self.vpcs, platform.vpc_name)
        self.zones = {
            zone["name"]: zone for zone in found["private_zones"] if self.vpc_id and self.vpc_id in zone["vpc_ids"]
        }
        self.gateway_id = self.id_of(self.gateways, platform.gateway_name)

    @staticmethod
    def id_of(things: dict[str, Row], name: str) -> str:
        return str(things[name]["id"]) if name in things else ""

    def rows(self) -> list[Row]:
        """In the order in which they are made."""
        return [
            self._vpc(),
            self._dhcp(),
            self._gateway(),
            *self._subnets(),
            *self._addresses(),
            *self._nats(),
            *self._tables(),
            self._main(),
            self._endpoint(),
            *self._zones(),
            *self._bucket(),
            *self._provider(),
            *self._roles(),
            *self._policies(),
            self._profile(),
        ]

    def _vpc(self) -> Row:
        p, name = self.platform, self.platform.vpc_name
        thing, tags = self.vpcs.get(name), p.owned(name)
        dhcp = self.id_of(self.dhcp, p.dhcp_name)
        reasons: list[str] = []
        if thing:
            reasons = tags_differ(tags, thing)
            reasons += [f"{key} is off" for key in ("dns_support", "dns_hostnames") if not thing[key]]
            reasons += ["DHCP options are not its own"] if not dhcp or thing["dhcp_options_id"] != dhcp else []
        return row("vpc", name, thing, reasons, cidr=p.vpc_cidr, tags=tags, dhcp_options_id=dhcp)

    def _dhcp(self) -> Row:
        p, name = self.platform, self.platform.dhcp_name
        thing, tags = self.dhcp.get(name), p.owned(name)
        return row(
            "dhcp_options", name, thing, tags_differ(tags, thing) if thing else [], domain=p.internal_domain, tags=tags
        )

    def _gateway(self) -> Row:
        p, name = self.platform, self.platform.gateway_name
        thing, tags, reasons = self.gateways.get(name), p.owned(name), []
        if thing:
            reasons = tags_differ(tags, thing) + (
                ["it is not attached"] if not self.vpc_id or self.vpc_id not in thing["vpc_ids"] else []
            )
        return row(
            "internet_gateway",
            name,
            thing,
            reasons,
            vpc_id=self.vpc_id,
            tags=tags,
            waits_for=self._lacks(vpc=self.vpc_id),
        )

    def _subnets(self) -> list[Row]:
        rows = []
        for wanted in self.platform.subnets():
            thing = self.subnets.get(wanted["name"])
            reasons = tags_differ(wanted["tags"], thing) if thing else []
            more = {k: wanted[k] for k in ("cidr", "zone", "tags")}
            rows.append(
                row(
                    "subnet",
                    wanted["name"],
                    thing,
                    reasons,
                    vpc_id=self.vpc_id,
                    waits_for=self._lacks(vpc=self.vpc_id),
                    **more,
                )
            )
        return rows

    def _addresses(self) -> list[Row]:
        rows = []
        for zone in self.platform.zones:
            name = self.platform.address_name(zone)
            thing, tags = self.addresses.get(name), self.platform.owned(name)
            rows.append(
                row(
                    "address",
                    name,
                    thing,
                    tags_differ(tags, thing) if thing else [],
                    tags=tags,
                    ip=(thing or {}).get("ip", ""),
                )
            )
        return rows

    def _nats(self) -> list[Row]:
        rows = []
        for zone in self.platform.zones:
            name = self.platform.nat_name(zone)
            thing, tags = self.nats.get(name), self.platform.owned(name)
            subnet = self.id_of(self.subnets, self.platform.subnet_name(zone, public=True))
            address = self.id_of(self.addresses, self.platform.address_name(zone))
            waits = self._lacks(subnet=subnet, address=address, internet_gateway=self.gateway_id)
            reasons = tags_differ(tags, thing) if thing else []
            rows.append(
                row(
                    "nat_gateway",
                    name,
                    thing,
                    reasons,
                    subnet_id=subnet,
                    allocation_id=address,
                    tags=tags,
                    waits_for=waits,
                )
            )
        return rows

    def _tables(self) -> list[Row]:
        p = self.platform
        public = [self.id_of(self.subnets, p.subnet_name(zone, public=True)) for zone in p.zones]
        rows = [
            self._table(
                p.private_table_name(z),
                self.id_of(self.nats, p.nat_name(z)),
                "nat_gateway",
                [self.id_of(self.subnets, p.subnet_name(z, public=False))],
            )
            for z in p.zones
        ]
        return [*rows, self._table(p.public_table_name, self.gateway_id, "internet_gateway", public)]

    def _table(self, name: str, target: str, what: str, subnets: list[str]) -> Row:
        thing, tags, reasons = self.tables.get(name), self.platform.owned(name), []
        if thing:
            reasons = tags_differ(tags, thing)
            reasons += ["default route"] if not target or thing["routes"].get(DEFAULT_ROUTE) != target else []
            reasons += ["subnets"] if not set(subnets) <= set(thing["subnet_ids"]) else []
        waits = self._lacks(vpc=self.vpc_id, subnet=all(subnets) and "all", **{what: target})
        return row(
            "route_table",
            name,
            thing,
            reasons,
            vpc_id=self.vpc_id,
            target=target,
            subnet_ids=subnets,
            tags=tags,
            waits_for=waits,
        )

    def _main(self) -> Row:
        """Subnets without a table of their own, and those made later, use the public one."""
        name = self.platform.public_table_name
        table = self.tables.get(name)
        thing = {"id": table["id"]} if table and table["main"] else None
        more = {"vpc_id": self.vpc_id, "route_table_id": self.id_of(self.tables, name)}
        return row(
            "main_route_table", name, thing, [], waits_for=self._lacks(route_table=more["route_table_id"]), **more
        )

    def _endpoint(self) -> Row:
        p, name = self.platform, self.platform.endpoint_name
        thing, tags = self.endpoints.get(name), p.owned(name)
        names = [*(p.private_table_name(z) for z in p.zones), p.public_table_name]
        tables = [self.id_of(self.tables, n) for n in names]
        reasons = []
        if thing:
            reasons = tags_differ(tags, thing) + (
                ["route tables"] if not set(tables) <= set(thing["route_table_ids"]) else []
            )
        waits = self._lacks(route_table=all(tables) and "all")
        added = sorted(set(tables) - set((thing or {}).get("route_table_ids", [])))
        more = {
            "service": p.s3_service,
            "vpc_id": self.vpc_id,
            "route_table_ids": tables,
            "tags": tags,
            "add_route_table_ids": added,
        }
        return row("vpc_endpoint", name, thing, reasons, waits_for=waits, **more)

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
                    waits_for=self._lacks(vpc=self.vpc_id),
                )
            )
            soa = soa_with_minimum(name, thing["soa"]) if thing else ""
            done = {"id": thing["id"]} if thing else None
            reasons = [f"minimum is not {SOA_MINIMUM}"] if thing and soa != thing["soa"] else []
            waits = self._lacks(private_zone=(thing or {}).get("id"))
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
            "private": self.id_of(self.zones, p.private_domain),
            "local": self.id_of(self.zones, p.local_domain),
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
            rows.append(
                self._policy(name, name, wanted, self._lacks(private_zone=needed, role=self.id_of(self.roles, name)))
            )
        waits = self._lacks(role=self.id_of(self.roles, p.worker_role))
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
        waits = self._lacks(role=self.id_of(self.roles, p.worker_role))
        return row("instance_profile", p.worker_profile, thing, reasons, role=p.worker_role, tags=tags, waits_for=waits)

    @staticmethod
    def _lacks(**ids: Any) -> list[str]:
        return sorted(what for what, identifier in ids.items() if not identifier)


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
