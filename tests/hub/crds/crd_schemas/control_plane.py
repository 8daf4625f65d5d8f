# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ControlPlaneComponent and AWSEndpointService."""

from __future__ import annotations

from .crd import Column, Definition, condition_column
from .schema import Schema, array, long, obj, required, text
from .shared import aws_tags, conditions


def _component_status() -> Schema:
    resource = obj({name: required(text(max=255)) for name in ("group", "kind", "name")})
    return obj(
        {
            "conditions": conditions(max=10),
            "observedGeneration": long(1, 2**53),
            "resources": array(resource, max=100),
            "version": text(max=255),
        }
    )


CONTROL_PLANE_COMPONENT = Definition(
    group="hypershift.openshift.io",
    version="v1beta1",
    kind="ControlPlaneComponent",
    plural="controlplanecomponents",
    short_names=["cpc", "cpcs"],
    columns=[
        Column("Version", ".status.version"),
        condition_column("Available", "Available"),
        condition_column("RolloutComplete", "RolloutComplete"),
        condition_column("Message", "Available", "message"),
        condition_column("RolloutCompleteMessage", "RolloutComplete", "message", priority=1),
    ],
    spec=obj(),
    status=_component_status(),
)


def _endpoint_service_status() -> Schema:
    names = ("dnsZoneID", "endpointID", "endpointServiceName", "securityGroupID")
    return obj(
        {
            "conditions": conditions(max=10),
            "dnsNames": array(text(max=253), max=10),
            **{name: text(max=255) for name in names},
        }
    )


AWS_ENDPOINT_SERVICE = Definition(
    group="hypershift.openshift.io",
    version="v1beta1",
    kind="AWSEndpointService",
    plural="awsendpointservices",
    spec=obj(
        {
            "networkLoadBalancerName": required(text(max=255)),
            "resourceTags": aws_tags(),
            "subnetIDs": array(text(max=63), max=10),
        }
    ),
    status=_endpoint_service_status(),
)
