# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The objects that no module of amazon.aws makes, changes or removes as a platform needs it.

Each kind is a function of clients and options that reads, and returns the steps that are left to do.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from ..account import AwsStep
from .clients import Clients, tags_of
from .dns_and_iam import absent_is_none
from .failures import code_of

Options = dict[str, Any]
_MISSING = "NotFound"


def oidc_provider(clients: Clients, options: Options) -> list[AwsStep]:
    """Brought to what is wanted where it stands: removing and making it again would cut off everybody who uses it
    meanwhile."""
    iam, url = clients["iam"], options["url"]
    name = url.removeprefix("https://")
    listed = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    arn = next((p["Arn"] for p in listed if p["Arn"].partition(":oidc-provider/")[2] == name), "")
    step = partial(AwsStep, f"OIDC provider {name}")
    if options["state"] == "absent":
        return (
            [step("delete", partial(iam.delete_open_id_connect_provider, OpenIDConnectProviderArn=arn))] if arn else []
        )
    pairs = [{"Key": k, "Value": str(v)} for k, v in (options["tags"] or {}).items()]
    prints, ids = options["thumbprints"], options["client_ids"]
    detail = absent_is_none(iam.get_open_id_connect_provider, OpenIDConnectProviderArn=arn) if arn else None
    if detail is None:
        create = iam.create_open_id_connect_provider
        return [step("create", partial(create, Url=url, ClientIDList=ids, ThumbprintList=prints, Tags=pairs))]
    there = tags_of(detail.get("Tags"))
    lacking = [p for p in pairs if there.get(p["Key"]) != p["Value"]]
    add, known = iam.add_client_id_to_open_id_connect_provider, detail.get("ClientIDList") or []
    steps = [
        step("patch", partial(add, OpenIDConnectProviderArn=arn, ClientID=i), f"client ID {i} is missing")
        for i in ids
        if i not in known
    ]
    if not {p.lower() for p in prints} <= {p.lower() for p in detail.get("ThumbprintList") or []}:
        call = partial(
            iam.update_open_id_connect_provider_thumbprint, OpenIDConnectProviderArn=arn, ThumbprintList=prints
        )
        steps.append(step("patch", call, "its thumbprints differ"))
    if lacking:
        call = partial(iam.tag_open_id_connect_provider, OpenIDConnectProviderArn=arn, Tags=lacking)
        steps.append(step("patch", call, "its tags differ"))
    return steps


def main_route_table(clients: Clients, options: Options) -> list[AwsStep]:
    """A VPC always has a main table: the association moves from the one to the other."""
    ec2, table = clients["ec2"], options["route_table_id"]
    filters = [{"Name": "vpc-id", "Values": [options["vpc_id"]]}, {"Name": "association.main", "Values": ["true"]}]
    found = ec2.describe_route_tables(Filters=filters)["RouteTables"]
    for one in found:
        if one["RouteTableId"] == table:
            return []
    association = next(
        (a["RouteTableAssociationId"] for one in found for a in one["Associations"] if a.get("Main")), ""
    )
    call = partial(ec2.replace_route_table_association, RouteTableId=table, AssociationId=association)
    return [AwsStep(f"Main route table of {options['vpc_id']}", "patch", call, f"it is not {table}")]


def endpoint_route_tables(clients: Clients, options: Options) -> list[AwsStep]:
    """Route tables are added to a gateway endpoint, none are taken from it."""
    ec2, identifier = clients["ec2"], options["id"]
    found = ec2.describe_vpc_endpoints(VpcEndpointIds=[identifier])["VpcEndpoints"]
    there = {table for one in found for table in one.get("RouteTableIds") or []}
    lacking = [table for table in options["route_table_ids"] if table not in there]
    call = partial(ec2.modify_vpc_endpoint, VpcEndpointId=identifier, AddRouteTableIds=lacking)
    return (
        [AwsStep(f"VPC endpoint {identifier}", "patch", call, f"route tables {', '.join(lacking)} lack it")]
        if lacking
        else []
    )


def endpoint_service(clients: Clients, options: Options) -> list[AwsStep]:
    """Connections are rejected first: AWS does not delete a service that is in use."""
    ec2, identifier = clients["ec2"], options["id"]
    name = f"VPC endpoint service {identifier}"
    filters = [{"Name": "service-id", "Values": [identifier]}]
    if not clients.pages(
        "ec2", "describe_vpc_endpoint_service_configurations", "ServiceConfigurations", Filters=filters
    ):
        return []
    found = clients.pages("ec2", "describe_vpc_endpoint_connections", "VpcEndpointConnections", Filters=filters)
    ids = [c["VpcEndpointId"] for c in found if c.get("VpcEndpointState") not in ("rejected", "deleted", "deleting")]
    reject = partial(ec2.reject_vpc_endpoint_connections, ServiceId=identifier, VpcEndpointIds=ids)
    steps = [AwsStep(name, "patch", reject, "it has connections")] if ids else []
    return [
        *steps,
        AwsStep(name, "delete", partial(ec2.delete_vpc_endpoint_service_configurations, ServiceIds=[identifier])),
    ]


def load_balancer(clients: Clients, options: Options) -> list[AwsStep]:
    """Of all types that elasticloadbalancing v2 has: application, network, gateway."""
    elb, arn = clients["elbv2"], options["id"]
    if not _there(partial(elb.describe_load_balancers, LoadBalancerArns=[arn])):
        return []
    return [AwsStep(f"Load balancer {arn}", "delete", partial(elb.delete_load_balancer, LoadBalancerArn=arn))]


def target_group(clients: Clients, options: Options) -> list[AwsStep]:
    elb, arn = clients["elbv2"], options["id"]
    if not _there(partial(elb.describe_target_groups, TargetGroupArns=[arn])):
        return []
    return [AwsStep(f"Target group {arn}", "delete", partial(elb.delete_target_group, TargetGroupArn=arn))]


def _there(call: Callable[[], Any]) -> bool:
    try:
        call()
    except Exception as error:
        if code_of(error).endswith(_MISSING):
            return False
        raise
    return True


KINDS: dict[str, Callable[[Clients, Options], list[AwsStep]]] = {
    "oidc_provider": oidc_provider,
    "main_route_table": main_route_table,
    "endpoint_route_tables": endpoint_route_tables,
    "endpoint_service": endpoint_service,
    "load_balancer": load_balancer,
    "target_group": target_group,
}
STATES = {
    "oidc_provider": ("present", "absent"),
    "main_route_table": ("present",),
    "endpoint_route_tables": ("present",),
    "endpoint_service": ("absent",),
    "load_balancer": ("absent",),
    "target_group": ("absent",),
}
