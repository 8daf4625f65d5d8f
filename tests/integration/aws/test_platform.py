# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The life of a platform: check mode, made, kept, repaired, removed. platform_facts#2.7 are restated here as a table of their own.

The tests of this file tell one story in the order in which they stand.
"""

from __future__ import annotations

import fnmatch
import json
from typing import Any

import pytest
from aws_playing import DEMO, Aws, plan, result
from aws_world import inventory, live, others
from moto_account import Call

OWNED = {"Key": "kubernetes.io/cluster/demo", "Value": "owned"}
PROVIDER = "oidc-demo.s3.us-east-2.amazonaws.com/demo"
MORE = {"kms_key_arn": "arn:aws:kms:us-east-2:123456789012:key/k", "karpenter": True}
SUBNETS = {  # name -> zone, range, tag
    "demo-private-us-east-2a": ("us-east-2a", "10.0.128.0/20", "kubernetes.io/role/internal-elb"),
    "demo-public-us-east-2a": ("us-east-2a", "10.0.0.0/20", "kubernetes.io/role/elb"),
    "demo-private-us-east-2b": ("us-east-2b", "10.0.144.0/20", "kubernetes.io/role/internal-elb"),
    "demo-public-us-east-2b": ("us-east-2b", "10.0.16.0/20", "kubernetes.io/role/elb"),
}
ROLES = {  # option of hosted_cluster -> suffix, service accounts
    "ingress": ("openshift-ingress", ["openshift-ingress-operator:ingress-operator"]),
    "image_registry": (
        "openshift-image-registry",
        ["openshift-image-registry:cluster-image-registry-operator", "openshift-image-registry:registry"],
    ),
    "storage": ("aws-ebs-csi-driver-controller", ["openshift-cluster-csi-drivers:aws-ebs-csi-driver-controller-sa"]),
    "kube_cloud_controller": ("cloud-controller", ["kube-system:kube-controller-manager"]),
    "node_pool_management": ("node-pool", ["kube-system:capa-controller-manager"]),
    "control_plane_operator": ("control-plane-operator", ["kube-system:control-plane-operator"]),
    "network": (
        "cloud-network-config-controller",
        ["openshift-cloud-network-config-controller:cloud-network-config-controller"],
    ),
}
# S3 rights are not always named as the calls are.
S3_RIGHTS = {
    "ListBuckets": "ListAllMyBuckets", "HeadBucket": "ListBucket", "ListObjects": "ListBucket", "ListObjectVersions": "ListBucketVersions",
    "DeleteObjects": "DeleteObject", "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock", "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketInventoryConfigurations": "GetInventoryConfiguration", "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
}  # fmt: skip
# Rights that AWS asks for without a call of their name: tags at creation, a role that is handed on, old versions of objects.
IMPLIED = {"iam:TagRole", "iam:TagInstanceProfile", "iam:TagOpenIDConnectProvider", "iam:PassRole", "s3:DeleteObjectVersion"}
WIDER = {**MORE, "zones": ["us-east-2a", "us-east-2b"]}
SEEN: set[str] = set()
LAST: dict[str, Any] = {}  # the result of the last full run


def note(aws: Aws) -> None:
    SEEN.update(right(call) for call in aws.account.record.calls)


def right(call: Call) -> str:
    return f"s3:{S3_RIGHTS.get(call.name, call.name)}" if call.service == "s3" else str(call)


def tags(thing: dict[str, Any]) -> dict[str, str]:
    return {t["Key"]: t["Value"] for t in thing.get("Tags", [])}


def test_check_mode_writes_nothing_and_names_everything(aws: Aws) -> None:
    others(aws.account)
    played = aws.run("-vvv", check=True, **MORE)
    planned = plan(played)
    assert aws.writes() == [] and set(planned.values()) == {"create"}
    assert DEMO["aws_platform_secret_key"] not in played.output
    kinds = {kind for kind, _name in planned}
    assert kinds == {
        "vpc", "dhcp_options", "internet_gateway", "subnet", "address", "nat_gateway", "route_table", "main_route_table", "vpc_endpoint",
        "private_zone", "soa_record", "oidc_bucket", "oidc_provider", "role", "role_policy", "instance_profile",
    }  # fmt: skip
    assert {name for kind, name in planned if kind == "subnet"} == {name for name in SUBNETS if name.endswith("2a")}
    assert "demo-nat-us-east-2a" in played.output, "the plan is shown too"


def test_made_and_then_nothing_is_left_to_do(aws: Aws) -> None:
    for allowed, lose in ((20, False), (14, True)):  # ended in the middle, then ended right after a write that was done
        aws.account.record.allowed, aws.account.record.lose = allowed, lose
        assert aws.run(**MORE).code != 0
        aws.account.record.allowed = None
        note(aws)
    made = aws.run(**MORE)
    note(aws)
    assert result(made)["vpc_id"]
    print(f"made in {made.seconds:.0f} s")
    again = aws.run(**MORE)
    note(aws)
    print(f"second run in {again.seconds:.0f} s")
    assert aws.writes() == [] and set(plan(again).values()) == {"keep"}
    assert not [t for t in again.tasks if t["result"].get("changed")]
    assert {len(things) for things in list(inventory(aws.account).values())[5:6]} == {1}, "one NAT gateway, in spite of all"
    checked = aws.run(check=True, **MORE)
    assert aws.writes() == [] and set(plan(checked).values()) == {"keep"}


def test_what_was_changed_by_hand_is_repaired_where_it_stands_and_a_zone_is_added(aws: Aws) -> None:
    ec2, iam = aws.account.client("ec2"), aws.account.client("iam")
    provider = f"arn:aws:iam::123456789012:oidc-provider/{PROVIDER}"
    iam.remove_client_id_from_open_id_connect_provider(OpenIDConnectProviderArn=provider, ClientID="openshift")
    iam.update_open_id_connect_provider_thumbprint(OpenIDConnectProviderArn=provider, ThumbprintList=["B" * 40])
    iam.untag_open_id_connect_provider(OpenIDConnectProviderArn=provider, TagKeys=[OWNED["Key"]])
    machines = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    iam.update_assume_role_policy(RoleName="demo-node-pool", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [machines]}))
    (nat, *_rest) = ec2.describe_nat_gateways(Filters=[{"Name": "tag:Name", "Values": ["demo-nat-us-east-2a"]}])["NatGateways"]
    ec2.delete_nat_gateway(NatGatewayId=nat["NatGatewayId"])
    block = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
    aws.account.client("s3").put_public_access_block(Bucket="oidc-demo", PublicAccessBlockConfiguration=block)
    refused = aws.run(**MORE).failed()
    assert "without the tag kubernetes.io/cluster/demo" in refused["msg"] and aws.writes() == []
    repaired = plan(aws.run(adopt=True, **WIDER))
    note(aws)
    todo = {key: action for key, action in repaired.items() if action != "keep" and not key[1].endswith("2b")}
    assert todo == {
        ("oidc_provider", PROVIDER): "update", ("role", "demo-node-pool"): "update", ("nat_gateway", "demo-nat-us-east-2a"): "create",
        ("route_table", "demo-private-us-east-2a"): "update", ("route_table", "demo-public"): "update", ("vpc_endpoint", "demo-s3"): "update",
        ("oidc_bucket", "oidc-demo"): "update",
    }  # fmt: skip
    assert (
        not [w for w in aws.writes() if "OpenIDConnectProvider" in w and ("Delete" in w or "Create" in w)]
        and aws.writes().count("ec2:CreateSubnet") == 2
    )
    LAST.update(result(aws.run(**WIDER)))
    assert aws.writes() == []


def test_the_network_is_that_of_the_table(aws: Aws) -> None:
    ec2, filters = aws.account.client("ec2"), [{"Name": "tag:kubernetes.io/cluster/demo", "Values": ["owned"]}]
    (vpc,) = ec2.describe_vpcs(Filters=filters)["Vpcs"]
    assert vpc["CidrBlock"] == "10.0.0.0/16" and tags(vpc)["Name"] == "demo-vpc"
    for name in ("enableDnsSupport", "enableDnsHostnames"):
        assert ec2.describe_vpc_attribute(VpcId=vpc["VpcId"], Attribute=name)[name[0].upper() + name[1:]]["Value"]
    (dhcp,) = ec2.describe_dhcp_options(Filters=filters)["DhcpOptions"]
    assert vpc["DhcpOptionsId"] == dhcp["DhcpOptionsId"]
    settings = {c["Key"]: [v["Value"] for v in c["Values"]] for c in dhcp["DhcpConfigurations"]}
    assert settings == {"domain-name": ["us-east-2.compute.internal"], "domain-name-servers": ["AmazonProvidedDNS"]}
    subnets = {tags(s)["Name"]: s for s in ec2.describe_subnets(Filters=filters)["Subnets"]}
    for name, (zone, cidr, tag) in SUBNETS.items():
        assert (subnets[name]["AvailabilityZone"], subnets[name]["CidrBlock"], tags(subnets[name])[tag]) == (zone, cidr, "1")
    assert set(subnets) == set(SUBNETS)
    (gateway,) = ec2.describe_internet_gateways(Filters=filters)["InternetGateways"]
    assert tags(gateway)["Name"] == "demo-igw" and gateway["Attachments"][0]["VpcId"] == vpc["VpcId"]
    nats = {tags(n)["Name"]: n for n in ec2.describe_nat_gateways(Filters=filters)["NatGateways"]}
    assert {n["SubnetId"] for n in nats.values()} == {subnets[f"demo-public-us-east-2{z}"]["SubnetId"] for z in "ab"}
    addresses = {a["AllocationId"] for a in ec2.describe_addresses(Filters=filters)["Addresses"]}
    assert {a["AllocationId"] for n in nats.values() for a in n["NatGatewayAddresses"]} == addresses and len(addresses) == 2
    routes(ec2, vpc["VpcId"], subnets, nats, gateway["InternetGatewayId"])


def routes(ec2: Any, vpc: str, subnets: dict[str, Any], nats: dict[str, Any], gateway: str) -> None:
    tables = {tags(t).get("Name"): t for t in ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]}

    def default(name: str) -> str:
        found = [
            r.get("NatGatewayId") or r.get("GatewayId") for r in tables[name]["Routes"] if r.get("DestinationCidrBlock") == "0.0.0.0/0"
        ]
        assert len(found) == 1
        return str(found[0])

    def attached(name: str) -> set[str]:
        return {a["SubnetId"] for a in tables[name]["Associations"] if a.get("SubnetId")}

    for zone in ("us-east-2a", "us-east-2b"):
        assert default(f"demo-private-{zone}") == nats[f"demo-nat-{zone}"]["NatGatewayId"]
        assert attached(f"demo-private-{zone}") == {subnets[f"demo-private-{zone}"]["SubnetId"]}
    assert default("demo-public") == gateway and any(a.get("Main") for a in tables["demo-public"]["Associations"])
    assert attached("demo-public") == {subnets[f"demo-public-us-east-2{z}"]["SubnetId"] for z in "ab"}
    (endpoint,) = ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["VpcEndpoints"]
    assert (endpoint["ServiceName"], endpoint["VpcEndpointType"]) == ("com.amazonaws.us-east-2.s3", "Gateway")
    assert set(endpoint["RouteTableIds"]) == {t["RouteTableId"] for name, t in tables.items() if name}


def test_the_zones_are_private_and_forget_quickly(aws: Aws) -> None:
    route53 = aws.account.client("route53")
    owned = {}
    for zone in route53.list_hosted_zones()["HostedZones"]:
        found = route53.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone["Id"].rpartition("/")[2])
        if OWNED in found["ResourceTagSet"]["Tags"]:
            owned[zone["Name"]] = zone
    assert set(owned) == {"demo.example.com.", "demo.hypershift.local."}
    for zone in owned.values():
        records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
        (soa,) = [r for r in records if r["Type"] == "SOA"]
        fields = soa["ResourceRecords"][0]["Value"].split()
        assert zone["Config"]["PrivateZone"] and len(fields) == 7 and fields[-1] == "60"


def test_roles_trust_and_permissions(aws: Aws) -> None:
    iam, found = aws.account.client("iam"), LAST
    provider = iam.get_open_id_connect_provider(OpenIDConnectProviderArn=f"arn:aws:iam::123456789012:oidc-provider/{PROVIDER}")
    assert set(provider["ClientIDList"]) == {"openshift", "sts.amazonaws.com"} and OWNED in provider["Tags"]
    assert provider["ThumbprintList"] == ["A9D53002E97E00E043244F3D170D6F4C414104FD"]
    for option, (suffix, accounts) in {**ROLES, "kms": ("kms-provider", ["kube-system:kms-provider"])}.items():
        role = iam.get_role(RoleName=f"demo-{suffix}")["Role"]
        subjects = [f"system:serviceaccount:{a}" for a in accounts]
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        trusted = statement["Condition"]["StringEquals"][f"{PROVIDER}:sub"]
        assert (trusted if isinstance(trusted, list) else [trusted]) == subjects and OWNED in role["Tags"]
        assert statement["Principal"] == {"Federated": found["oidc_provider_arn"]}
        assert role["Arn"] == (found["kms_role_arn"] if option == "kms" else found["roles"][option])
        policy = iam.get_role_policy(RoleName=f"demo-{suffix}", PolicyName=f"demo-{suffix}")["PolicyDocument"]
        assert policy["Statement"], suffix
    profile = iam.get_instance_profile(InstanceProfileName="demo-worker")["InstanceProfile"]
    assert [r["RoleName"] for r in profile["Roles"]] == ["demo-worker-role"]
    worker = iam.get_role_policy(RoleName="demo-worker-role", PolicyName="demo-worker-policy")["PolicyDocument"]["Statement"]
    assert worker == [{"Effect": "Allow", "Action": ["ec2:DescribeInstances", "ec2:DescribeRegions"], "Resource": "*"}]


def test_the_bucket_can_be_read_by_everyone(aws: Aws) -> None:
    s3 = aws.account.client("s3")
    (statement,) = json.loads(s3.get_bucket_policy(Bucket="oidc-demo")["Policy"])["Statement"]
    assert statement == {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::oidc-demo/*"}
    with pytest.raises(s3.exceptions.ClientError, match="NoSuchPublicAccessBlockConfiguration"):
        s3.get_public_access_block(Bucket="oidc-demo")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"vpc_cidr": "10.0.0.0/8", "zones": ["us-east-1a"]}, ["prefix length", "no zone of region"]),
        (
            {"base_domain": "example.org", "zones": ["us-east-2z"]},
            ["Public zone example.org: Route 53 has no such zone", "no zone us-east-2z"],
        ),
    ],
)
def test_refused_before_any_write(aws: Aws, options: dict[str, Any], words: list[str]) -> None:
    refused = aws.run(**{**MORE, **options}).failed()
    assert all(word in refused["msg"] for word in words) and aws.writes() == []


def test_the_result_is_what_hosted_cluster_takes(aws: Aws) -> None:
    """The options of the module accept it as it is: check mode of a new cluster would go on with the management cluster."""
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
    from ansible_collections.hypershift.core.plugins.modules.hosted_cluster import ENTRY

    found = LAST
    options = {**found["hosted_cluster"], "node_pools": [{**pool, "replicas": 1} for pool in found["node_pools"]]}
    checked = ArgumentSpecValidator(ENTRY.spec, **ENTRY.constraints).validate(options)
    assert checked.error_messages == []
    assert found["hosted_cluster_aws"]["vpc"] == found["vpc_id"] and all(found["hosted_cluster_aws"]["roles"].values())


def test_a_machine_of_others_in_its_network_keeps_all_of_it(aws: Aws) -> None:
    """Without a tag of anybody, with a group and an interface of its own."""
    ec2 = aws.account.client("ec2")
    filters = [{"Name": "tag:kubernetes.io/cluster/demo", "Values": ["owned"]}]
    (vpc,) = (v["VpcId"] for v in ec2.describe_vpcs(Filters=filters)["Vpcs"])
    subnet = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["Subnets"][0]["SubnetId"]
    group = ec2.create_security_group(GroupName="theirs", Description="d", VpcId=vpc)["GroupId"]
    image = ec2.describe_images()["Images"][0]["ImageId"]
    card = {"DeviceIndex": 0, "SubnetId": subnet, "Groups": [group], "DeleteOnTermination": True}
    (machine,) = ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1, NetworkInterfaces=[card])["Instances"]
    before = inventory(aws.account)
    try:
        for check in (True, False):
            refused = aws.run(check=check, state="absent", oidc_bucket_remove=True, zones=[]).failed()
            assert f"VPC demo-vpc: 1 machine(s) without the tag kubernetes.io/cluster/demo ({machine['InstanceId']})" in refused["msg"], (
                refused["msg"]
            )
            assert aws.writes() == [] and inventory(aws.account) == before
    finally:
        ec2.terminate_instances(InstanceIds=[machine["InstanceId"]])
        ec2.delete_security_group(GroupId=group)


def test_removed_with_what_the_cluster_left_and_without_what_is_others(aws: Aws) -> None:
    bystanders = bystanding(aws)
    live(aws.account, "demo")
    removal = {"state": "absent", "oidc_bucket_remove": True, "zones": []}
    before = inventory(aws.account)
    planned = plan(aws.run(check=True, **removal))
    assert aws.writes() == [] and inventory(aws.account) == before and set(planned.values()) == {"delete"}
    aws.account.record.allowed = 12
    assert aws.run(**removal).code != 0
    aws.account.record.allowed = None
    note(aws)
    gone = aws.run(**removal)
    note(aws)
    print(f"removed in {gone.seconds:.0f} s")
    assert plan(gone) and set(plan(gone)) < set(planned)
    assert inventory(aws.account) == bystanders
    again = aws.run(**removal)
    assert aws.writes() == [] and plan(again) == {} and not [t for t in again.tasks if t["result"].get("changed")]


def bystanding(aws: Aws) -> dict[str, list[str]]:
    """The inventory of what belongs to others, by what does not belong to the cluster."""
    ec2, filters = aws.account.client("ec2"), [{"Name": "tag:kubernetes.io/cluster/demo", "Values": ["owned"]}]
    (vpc,) = (v["VpcId"] for v in ec2.describe_vpcs(Filters=filters)["Vpcs"])
    inside = [{"Name": "vpc-id", "Values": [vpc]}]
    ours = {vpc, *(s["SubnetId"] for s in ec2.describe_subnets(Filters=inside)["Subnets"])}
    ours |= {t["RouteTableId"] for t in ec2.describe_route_tables(Filters=inside)["RouteTables"]}
    ours |= {g["GroupId"] for g in ec2.describe_security_groups(Filters=inside)["SecurityGroups"]}
    ours |= {n["NetworkInterfaceId"] for n in ec2.describe_network_interfaces(Filters=inside)["NetworkInterfaces"]}
    ours |= {n["NatGatewayId"] for n in ec2.describe_nat_gateways(Filters=inside)["NatGateways"]}
    ours |= {g["InternetGatewayId"] for g in ec2.describe_internet_gateways(Filters=filters)["InternetGateways"]}
    ours |= {a["AllocationId"] for a in ec2.describe_addresses(Filters=filters)["Addresses"]}
    ours |= {d["DhcpOptionsId"] for d in ec2.describe_dhcp_options(Filters=filters)["DhcpOptions"]}
    ours |= {e["VpcEndpointId"] for e in ec2.describe_vpc_endpoints(Filters=inside)["VpcEndpoints"]}
    route53 = aws.account.client("route53")
    for zone in route53.list_hosted_zones()["HostedZones"]:
        vpcs = route53.get_hosted_zone(Id=zone["Id"]).get("VPCs") or []
        ours |= {f"{zone['Name']} {zone['Id']}"} if vpc in {v["VPCId"] for v in vpcs} else set()
    named = {"oidc-demo", "demo-worker", f"arn:aws:iam::123456789012:oidc-provider/{PROVIDER}"}
    return {
        kind: [t for t in things if t not in ours | named and not (kind == "roles" and t.startswith("demo-"))]
        for kind, things in inventory(aws.account).items()
    }


def test_the_printed_rights_are_those_that_were_used(aws: Aws) -> None:
    """In both directions, over everything that this file has played."""
    policy = LAST["policy"]
    given = {action for statement in policy["Statement"] for action in statement["Action"]}
    assert SEEN - given == set(), "used, but not in the policy"
    assert {a for a in given - SEEN if not any(fnmatch.fnmatch(a, i) for i in IMPLIED)} == set(), "in the policy, but not used"
