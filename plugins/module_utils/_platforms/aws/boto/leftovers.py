# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads what has to go before a VPC can go, in plain data."""

from __future__ import annotations

from typing import Any

from .clients import Clients, tags_of
from .network import Network, Readers

Thing = dict[str, Any]
_RUNNING = ["pending", "running", "stopping", "stopped", "shutting-down"]
_NOT_GONE = ("pending", "available", "deleting", "failed")
# Interfaces that AWS makes for what is listed by itself: it is judged there.
_OF_LISTED = {
    "nat_gateway",
    "vpc_endpoint",
    "load_balancer",
    "network_load_balancer",
    "gateway_load_balancer",
    "gateway_load_balancer_endpoint",
}
_LABELS = {
    "inside_subnets": "Subnet",
    "inside_route_tables": "Route table",
    "security_groups": "Security group",
    "inside_nat_gateways": "NAT gateway",
    "inside_endpoints": "VPC endpoint",
    "load_balancers": "Load balancer",
    "classic_load_balancers": "Load balancer",
    "network_interfaces": "Network interface",
}


class Leftovers:
    """vpcs: IDs of the VPCs of the cluster; what is in them goes with them."""

    def __init__(self, clients: Clients, infra_id: str, vpcs: list[str]) -> None:
        self._clients, self._infra_id, self._vpcs = clients, infra_id, vpcs
        self._network = Network(clients, infra_id)
        self._owned = [{"Name": f"tag:kubernetes.io/cluster/{infra_id}", "Values": ["owned"]}]
        self._inside = [{"Name": "vpc-id", "Values": vpcs}]

    def readers(self) -> Readers:
        outside: Readers = {
            "instances": self.instances,
            "endpoint_services": self.endpoint_services,
            "image_registry_buckets": self.image_registry_buckets,
        }
        inside: Readers = {
            "load_balancers": self.load_balancers,
            "target_groups": self.target_groups,
            "classic_load_balancers": self.classic_load_balancers,
            "inside_nat_gateways": self.nat_gateways,
            "inside_endpoints": lambda: self._network.endpoints(self._inside),
            "network_interfaces": self.network_interfaces,
            "other_machines": self.other_machines,
            "other_interfaces": self.other_interfaces,
            "security_groups": self.security_groups,
            "inside_subnets": lambda: self._network.subnets(self._inside),
            "inside_route_tables": lambda: [t for t in self._network.route_tables(self._inside) if not t["main"]],
        }
        return {**outside, **(inside if self._vpcs else dict.fromkeys(inside, list))}

    @staticmethod
    def inside(found: Thing) -> list[Thing]:
        """Everything in the VPC with its tags, in words: to see whether another cluster lives there."""
        return [
            {"what": what, "id": o["id"], "tags": o.get("tags") or {}}
            for key, what in _LABELS.items()
            for o in found[key]
        ]

    def instances(self) -> list[Thing]:
        return self._machines(self._owned)

    def other_machines(self) -> list[Thing]:
        """Machines in the VPC that do not carry the tag of the cluster."""
        mine = {one["id"] for one in self.instances()}
        return [one for one in self._machines(self._inside) if one["id"] not in mine]

    def _machines(self, filters: list[Thing]) -> list[Thing]:
        states = {"Name": "instance-state-name", "Values": _RUNNING}
        reservations = self._clients.pages("ec2", "describe_instances", "Reservations", Filters=[*filters, states])
        return [{"id": i["InstanceId"], "tags": tags_of(i.get("Tags"))} for r in reservations for i in r["Instances"]]

    def endpoint_services(self) -> list[Thing]:
        found = self._clients.pages(
            "ec2", "describe_vpc_endpoint_service_configurations", "ServiceConfigurations", Filters=self._owned
        )
        return [{"id": one["ServiceId"], "tags": tags_of(one.get("Tags"))} for one in found]

    def image_registry_buckets(self) -> list[Thing]:
        prefix = f"{self._infra_id}-image-registry-"
        found = self._clients["s3"].list_buckets()["Buckets"]
        return [{"id": b["Name"], "name": b["Name"], "tags": {}} for b in found if b["Name"].startswith(prefix)]

    def load_balancers(self) -> list[Thing]:
        found = self._clients.pages("elbv2", "describe_load_balancers", "LoadBalancers")
        mine = [
            {"id": b["LoadBalancerArn"], "name": b["LoadBalancerName"]} for b in found if b.get("VpcId") in self._vpcs
        ]
        tags: dict[str, dict[str, str]] = {}
        for at in range(0, len(mine), 20):  # as many as one call takes
            arns = [b["id"] for b in mine[at : at + 20]]
            answer = self._clients["elbv2"].describe_tags(ResourceArns=arns)
            tags |= {d["ResourceArn"]: tags_of(d.get("Tags")) for d in answer["TagDescriptions"]}
        return [{**b, "tags": tags.get(b["id"], {})} for b in mine]

    def target_groups(self) -> list[Thing]:
        found = self._clients.pages("elbv2", "describe_target_groups", "TargetGroups")
        return [
            {"id": g["TargetGroupArn"], "name": g["TargetGroupName"], "tags": {}}
            for g in found
            if g.get("VpcId") in self._vpcs
        ]

    def classic_load_balancers(self) -> list[Thing]:
        found = self._clients.pages("elb", "describe_load_balancers", "LoadBalancerDescriptions")
        mine = [b["LoadBalancerName"] for b in found if b.get("VPCId") in self._vpcs]
        tags: dict[str, dict[str, str]] = {}
        for at in range(0, len(mine), 20):
            answer = self._clients["elb"].describe_tags(LoadBalancerNames=mine[at : at + 20])
            tags |= {d["LoadBalancerName"]: tags_of(d.get("Tags")) for d in answer["TagDescriptions"]}
        return [{"id": name, "name": name, "tags": tags.get(name, {})} for name in mine]

    def nat_gateways(self) -> list[Thing]:
        """Those too that are on their way out: subnets and addresses are free only when they are gone."""
        return self._network.nat_gateways(self._inside, _NOT_GONE)

    def network_interfaces(self) -> list[Thing]:
        """Only those that nothing holds any more; the others go with what they belong to."""
        found = self._clients.pages("ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=self._inside)
        free = [one for one in found if one.get("Status") == "available" and not one.get("RequesterManaged")]
        return [{"id": one["NetworkInterfaceId"], "tags": tags_of(one.get("TagSet"))} for one in free]

    def other_interfaces(self) -> list[Thing]:
        """Interfaces in use that carry no tag of the cluster and belong to none of its machines, nor to what is listed
        by itself."""
        mine = {one["id"] for one in self.instances()}
        found = self._clients.pages("ec2", "describe_network_interfaces", "NetworkInterfaces", Filters=self._inside)
        return [
            {
                "id": one["NetworkInterfaceId"],
                "description": str(one.get("Description") or ""),
                "tags": tags_of(one.get("TagSet")),
            }
            for one in found
            if one.get("Status") != "available" and not self._is_accounted_for(one, mine)
        ]

    def _is_accounted_for(self, interface: Thing, machines: set[str]) -> bool:
        attachment = interface.get("Attachment") or {}
        return (
            attachment.get("InstanceId") in machines
            or interface.get("InterfaceType") in _OF_LISTED
            or attachment.get("InstanceOwnerId") == "amazon-elb"
            or str(interface.get("Description") or "").startswith("ELB ")
            or tags_of(interface.get("TagSet")).get(f"kubernetes.io/cluster/{self._infra_id}") == "owned"
        )

    def security_groups(self) -> list[Thing]:
        """rules: whether it names another group, which would keep that one from going."""
        found = self._clients.pages("ec2", "describe_security_groups", "SecurityGroups", Filters=self._inside)
        return [
            {
                "id": g["GroupId"],
                "name": g["GroupName"],
                "description": g["Description"],
                "tags": tags_of(g.get("Tags")),
                "rules": any(
                    p.get("UserIdGroupPairs")
                    for p in (g.get("IpPermissions") or []) + (g.get("IpPermissionsEgress") or [])
                ),
            }
            for g in found
            if g["GroupName"] != "default"
        ]
