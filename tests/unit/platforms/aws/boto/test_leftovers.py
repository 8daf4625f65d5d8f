# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is in the VPC of a cluster and is not the cluster's: machines and interfaces, whoever made them."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.boto.leftovers import Leftovers

Thing = dict[str, Any]
OWNED = [{"Key": "kubernetes.io/cluster/demo", "Value": "owned"}]


class Ec2:
    """Answers as EC2 does, with its filters of tag and VPC."""

    def __init__(self, machines: list[Thing] = (), interfaces: list[Thing] = ()) -> None:  # type: ignore[assignment]
        self._machines, self._interfaces = list(machines), list(interfaces)

    def pages(self, service: str, call: str, _key: str, Filters: list[Thing]) -> list[Thing]:
        assert service == "ec2"
        names = {f["Name"] for f in Filters}
        if call == "describe_network_interfaces":
            assert names == {"vpc-id"}
            return self._interfaces
        assert call == "describe_instances" and "instance-state-name" in names
        mine = [m for m in self._machines if m.get("Tags") == OWNED]
        return [{"Instances": mine if "tag:kubernetes.io/cluster/demo" in names else self._machines}]


def leftovers(**there: Any) -> Leftovers:
    return Leftovers(Ec2(**there), "demo", ["vpc-1"])  # type: ignore[arg-type]


def test_machines_of_others_are_seen() -> None:
    found = leftovers(machines=[{"InstanceId": "i-ours", "Tags": OWNED}, {"InstanceId": "i-web"}])
    assert [m["id"] for m in found.instances()] == ["i-ours"] and [m["id"] for m in found.other_machines()] == ["i-web"]


@pytest.mark.parametrize(
    ("interface", "foreign"),
    [
        ({"Status": "in-use", "Description": "EFS mount target"}, True),
        ({"Status": "in-use", "InterfaceType": "lambda", "RequesterManaged": True}, True),
        ({"Status": "in-use", "Attachment": {"InstanceId": "i-web"}}, True),
        ({"Status": "pending"}, True),
        ({"Status": "in-use", "Attachment": {"InstanceId": "i-ours"}}, False),
        ({"Status": "in-use", "TagSet": OWNED}, False),
        ({"Status": "in-use", "InterfaceType": "nat_gateway"}, False),
        ({"Status": "in-use", "InterfaceType": "vpc_endpoint"}, False),
        ({"Status": "in-use", "Description": "ELB net/demo/1"}, False),
        ({"Status": "in-use", "Attachment": {"InstanceOwnerId": "amazon-elb"}}, False),
        ({"Status": "available"}, False),
    ],
)
def test_interfaces_of_others_are_seen(interface: Thing, foreign: bool) -> None:
    machines = [{"InstanceId": "i-ours", "Tags": OWNED}, {"InstanceId": "i-web"}]
    found = leftovers(machines=machines, interfaces=[{"NetworkInterfaceId": "eni-1", **interface}])
    assert [i["id"] for i in found.other_interfaces()] == (["eni-1"] if foreign else [])
