# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS does and moto does not, as far as a platform meets it. Product code knows nothing of this."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.responses import EmptyResult
from moto.ec2.models.nat_gateways import NatGatewayBackend
from moto.ec2.models.subnets import SubnetBackend
from moto.ec2.responses.dhcp_options import DHCPOptions
from moto.ec2.responses.vpcs import VPCs
from moto.elb.exceptions import LoadBalancerNotFoundError
from moto.elb.responses import ELBResponse
from moto.iam.responses import IamResponse
from moto.route53.models import FakeZone


def mend_moto() -> None:
    """The seven fields of a new zone's SOA record; tags of new DHCP options; a proper refusal for a classic load balancer that is gone; client
    IDs of OIDC providers that come and go; routes of an endpoint in tables that are added later; a subnet's association with its route
    table, and a NAT gateway's hold on address and interface, end with subnet and gateway.
    """
    add, create, attributes = FakeZone.add_rrset, DHCPOptions.create_dhcp_options, ELBResponse.describe_load_balancer_attributes
    modify, remove, gone = VPCs.modify_vpc_endpoint, SubnetBackend.delete_subnet, NatGatewayBackend.delete_nat_gateway
    if getattr(add, "mended", False):
        return

    def add_rrset(self: FakeZone, record_set: dict[str, Any]) -> Any:
        values = [r["Value"] if isinstance(r, dict) else r for r in record_set.get("ResourceRecords") or []]
        return add(self, {**record_set, "ResourceRecords": values} if values else record_set)

    def create_dhcp_options(self: DHCPOptions) -> Any:
        before = set(self.ec2_backend.dhcp_options_sets)
        result = create(self)
        (made,) = set(self.ec2_backend.dhcp_options_sets) - before
        self.ec2_backend.create_tags([made], self._parse_tag_specification().get("dhcp-options", {}))
        return result

    def describe_load_balancer_attributes(self: ELBResponse) -> Any:
        if self.elb_backend.get_load_balancer(self._get_param("LoadBalancerName")) is None:
            raise LoadBalancerNotFoundError(self._get_param("LoadBalancerName"))
        return attributes(self)

    def client_ids(change: Callable[[list[str], str], None]) -> Callable[[IamResponse], Any]:
        def respond(self: IamResponse) -> Any:
            provider = self.backend.get_open_id_connect_provider(self._get_param("OpenIDConnectProviderArn"))
            change(provider.client_id_list, self._get_param("ClientID"))
            return EmptyResult()

        return respond

    def modify_vpc_endpoint(self: VPCs) -> Any:
        result, identifier = modify(self), self._get_param("VpcEndpointId")
        prefix = self.ec2_backend.vpc_end_points[identifier].destination_prefix_list_id
        for table in self._get_param("AddRouteTableIds", []):
            self.ec2_backend.create_route(table, None, gateway_id=identifier, destination_prefix_list_id=prefix)
        return result

    def delete_subnet(self: SubnetBackend, subnet_id: str) -> Any:
        for table in self.route_tables.values():  # type: ignore[attr-defined]
            for association in [a for a, subnet in table._associations.items() if subnet == subnet_id]:
                del table._associations[association]
        return remove(self, subnet_id)

    SubnetBackend.delete_subnet = delete_subnet  # type: ignore[method-assign]

    def delete_nat_gateway(self: NatGatewayBackend, nat_gateway_id: str) -> Any:
        gateway = gone(self, nat_gateway_id)
        for address in gateway.address_set:
            if address.get("associationId"):
                self.disassociate_address(association_id=address.pop("associationId"))  # type: ignore[attr-defined]
            self.enis.pop(address["networkInterfaceId"], None)  # type: ignore[attr-defined]
        return gateway

    NatGatewayBackend.delete_nat_gateway = delete_nat_gateway  # type: ignore[method-assign]
    VPCs.modify_vpc_endpoint = modify_vpc_endpoint  # type: ignore[method-assign]
    IamResponse.add_client_id_to_open_id_connect_provider = client_ids(list.append)  # type: ignore[attr-defined]
    IamResponse.remove_client_id_from_open_id_connect_provider = client_ids(list.remove)  # type: ignore[attr-defined]
    add_rrset.mended = True  # type: ignore[attr-defined]
    FakeZone.add_rrset = add_rrset  # type: ignore[method-assign]
    DHCPOptions.create_dhcp_options = create_dhcp_options  # type: ignore[method-assign]
    ELBResponse.describe_load_balancer_attributes = describe_load_balancer_attributes  # type: ignore[method-assign]
