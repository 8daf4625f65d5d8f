# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be made or changed of a platform's network, from what is there. Source: platform_facts#2.7."""

from __future__ import annotations

from typing import Any

from .layout import Platform
from .plan_rows import Row, by_name, id_of, lacking, row, tags_differ

DEFAULT_ROUTE = "0.0.0.0/0"


class NetworkPlan:
    """found: what module aws_platform_info returns."""

    def __init__(self, platform: Platform, found: dict[str, Any]) -> None:
        self.platform = platform
        self.vpcs, self.subnets = by_name(found["vpcs"]), by_name(found["subnets"])
        self.gateways, self.dhcp = by_name(found["internet_gateways"]), by_name(found["dhcp_options"])
        self.addresses, self.nats = by_name(found["addresses"]), by_name(found["nat_gateways"])
        self.tables, self.endpoints = by_name(found["route_tables"]), by_name(found["endpoints"])
        self.vpc_id = id_of(self.vpcs, platform.vpc_name)
        self.gateway_id = id_of(self.gateways, platform.gateway_name)

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
        ]

    def _vpc(self) -> Row:
        p, name = self.platform, self.platform.vpc_name
        thing, tags = self.vpcs.get(name), p.owned(name)
        dhcp = id_of(self.dhcp, p.dhcp_name)
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
            waits_for=lacking(vpc=self.vpc_id),
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
                    waits_for=lacking(vpc=self.vpc_id),
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
            subnet = id_of(self.subnets, self.platform.subnet_name(zone, public=True))
            address = id_of(self.addresses, self.platform.address_name(zone))
            waits = lacking(subnet=subnet, address=address, internet_gateway=self.gateway_id)
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
        public = [id_of(self.subnets, p.subnet_name(zone, public=True)) for zone in p.zones]
        rows = [
            self._table(
                p.private_table_name(z),
                id_of(self.nats, p.nat_name(z)),
                "nat_gateway",
                [id_of(self.subnets, p.subnet_name(z, public=False))],
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
        waits = lacking(vpc=self.vpc_id, subnet=all(subnets) and "all", **{what: target})
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
        more = {"vpc_id": self.vpc_id, "route_table_id": id_of(self.tables, name)}
        return row("main_route_table", name, thing, [], waits_for=lacking(route_table=more["route_table_id"]), **more)

    def _endpoint(self) -> Row:
        p, name = self.platform, self.platform.endpoint_name
        thing, tags = self.endpoints.get(name), p.owned(name)
        names = [*(p.private_table_name(z) for z in p.zones), p.public_table_name]
        tables = [id_of(self.tables, n) for n in names]
        reasons = []
        if thing:
            reasons = tags_differ(tags, thing) + (
                ["route tables"] if not set(tables) <= set(thing["route_table_ids"]) else []
            )
        waits = lacking(route_table=all(tables) and "all")
        added = sorted(set(tables) - set((thing or {}).get("route_table_ids", [])))
        more = {
            "service": p.s3_service,
            "vpc_id": self.vpc_id,
            "route_table_ids": tables,
            "tags": tags,
            "add_route_table_ids": added,
        }
        return row("vpc_endpoint", name, thing, reasons, waits_for=waits, **more)
