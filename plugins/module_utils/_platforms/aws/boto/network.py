# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads the network of a platform: what carries its tag, in plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .clients import Clients, tags_of

Thing = dict[str, Any]
Readers = dict[str, Callable[[], Any]]
_NAT_THERE = ("pending", "available")


class Network:
    """filters: those that select by the tag of the cluster."""

    def __init__(self, clients: Clients, infra_id: str) -> None:
        self._clients = clients
        self._owned = [{"Name": f"tag:kubernetes.io/cluster/{infra_id}", "Values": ["owned"]}]

    def readers(self) -> Readers:
        """What can be asked at the same time: key of the result -> reader."""
        return {
            "availability_zones": self.availability_zones,
            "vpcs": self.vpcs,
            "dhcp_options": self.dhcp_options,
            "internet_gateways": self.internet_gateways,
            "subnets": lambda: self.subnets(self._owned),
            "addresses": self.addresses,
            "nat_gateways": lambda: self.nat_gateways(self._owned),
            "route_tables": lambda: self.route_tables(self._owned),
            "endpoints": lambda: self.endpoints(self._owned),
        }

    def _all(self, call: str, key: str, filters: list[Thing]) -> list[Thing]:
        return self._clients.pages("ec2", call, key, Filters=filters)

    def availability_zones(self) -> list[str]:
        answer = self._clients["ec2"].describe_availability_zones(AllAvailabilityZones=False)
        return sorted(zone["ZoneName"] for zone in answer["AvailabilityZones"])

    def vpcs(self) -> list[Thing]:
        return [
            {
                "id": vpc["VpcId"],
                "cidr": vpc["CidrBlock"],
                "dhcp_options_id": vpc.get("DhcpOptionsId", ""),
                "dns_support": self._attribute(vpc["VpcId"], "enableDnsSupport"),
                "dns_hostnames": self._attribute(vpc["VpcId"], "enableDnsHostnames"),
                "tags": tags_of(vpc.get("Tags")),
            }
            for vpc in self._all("describe_vpcs", "Vpcs", self._owned)
        ]

    def _attribute(self, vpc: str, name: str) -> bool:
        answer = self._clients["ec2"].describe_vpc_attribute(VpcId=vpc, Attribute=name)
        return bool(answer[name[0].upper() + name[1:]]["Value"])

    def dhcp_options(self) -> list[Thing]:
        found = self._all("describe_dhcp_options", "DhcpOptions", self._owned)
        return [{"id": one["DhcpOptionsId"], "tags": tags_of(one.get("Tags"))} for one in found]

    def internet_gateways(self) -> list[Thing]:
        return [
            {
                "id": one["InternetGatewayId"],
                "vpc_ids": [a["VpcId"] for a in one.get("Attachments") or []],
                "tags": tags_of(one.get("Tags")),
            }
            for one in self._all("describe_internet_gateways", "InternetGateways", self._owned)
        ]

    def subnets(self, filters: list[Thing]) -> list[Thing]:
        return [
            {
                "id": one["SubnetId"],
                "vpc_id": one["VpcId"],
                "cidr": one["CidrBlock"],
                "zone": one["AvailabilityZone"],
                "tags": tags_of(one.get("Tags")),
            }
            for one in self._all("describe_subnets", "Subnets", filters)
        ]

    def addresses(self) -> list[Thing]:
        found = self._clients["ec2"].describe_addresses(Filters=self._owned)["Addresses"]
        return [{"id": one["AllocationId"], "ip": one["PublicIp"], "tags": tags_of(one.get("Tags"))} for one in found]

    def nat_gateways(self, filters: list[Thing], states: tuple[str, ...] = _NAT_THERE) -> list[Thing]:
        return [
            {
                "id": one["NatGatewayId"],
                "state": one["State"],
                "subnet_id": one["SubnetId"],
                "tags": tags_of(one.get("Tags")),
            }
            for one in self._all("describe_nat_gateways", "NatGateways", filters)
            if one["State"] in states
        ]

    def route_tables(self, filters: list[Thing]) -> list[Thing]:
        """routes: destination -> what it leads to, as far as it leads anywhere."""
        return [
            {
                "id": one["RouteTableId"],
                "vpc_id": one["VpcId"],
                "main": any(a.get("Main") for a in one.get("Associations") or []),
                "subnet_ids": [a["SubnetId"] for a in one.get("Associations") or [] if a.get("SubnetId")],
                "routes": {
                    r["DestinationCidrBlock"]: r.get("NatGatewayId") or r.get("GatewayId") or ""
                    for r in one.get("Routes") or []
                    if r.get("DestinationCidrBlock")
                },
                "tags": tags_of(one.get("Tags")),
            }
            for one in self._all("describe_route_tables", "RouteTables", filters)
        ]

    def endpoints(self, filters: list[Thing]) -> list[Thing]:
        return [
            {
                "id": one["VpcEndpointId"],
                "state": one.get("State", ""),
                "service": one["ServiceName"],
                "route_table_ids": one.get("RouteTableIds") or [],
                "tags": tags_of(one.get("Tags")),
            }
            for one in self._all("describe_vpc_endpoints", "VpcEndpoints", filters)
            if str(one.get("State", "")).lower() not in ("deleting", "deleted", "failed", "rejected")
        ]
