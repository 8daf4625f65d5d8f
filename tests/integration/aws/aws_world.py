# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a running cluster and other people leave in an account, and what is still there afterwards."""

from __future__ import annotations

from typing import Any

from moto_account import REGION, MotoAccount

OTHERS = "others"  # another cluster in the same account


def _tags(infra_id: str) -> list[dict[str, str]]:
    return [{"Key": f"kubernetes.io/cluster/{infra_id}", "Value": "owned"}]


def live(account: MotoAccount, infra_id: str) -> None:
    """What the operators make in a platform while the cluster lives."""
    ec2, elb, elbv2 = (account.client(s) for s in ("ec2", "elb", "elbv2"))
    filters = [{"Name": f"tag:kubernetes.io/cluster/{infra_id}", "Values": ["owned"]}]
    vpc = ec2.describe_vpcs(Filters=filters)["Vpcs"][0]["VpcId"]
    subnet = ec2.describe_subnets(Filters=filters)["Subnets"][0]["SubnetId"]
    image = ec2.describe_images()["Images"][0]["ImageId"]
    specs = [{"ResourceType": "instance", "Tags": _tags(infra_id)}]
    card = {"DeviceIndex": 0, "SubnetId": subnet, "DeleteOnTermination": True}  # AWS's default, which moto has to be told
    ec2.run_instances(ImageId=image, MinCount=2, MaxCount=2, NetworkInterfaces=[card], TagSpecifications=specs)
    groups = [ec2.create_security_group(GroupName=f"{infra_id}-{n}", Description="d", VpcId=vpc)["GroupId"] for n in ("workers", "lb")]
    for one, other in (groups, groups[::-1]):  # each names the other
        pairs = [{"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "UserIdGroupPairs": [{"GroupId": other}]}]
        ec2.authorize_security_group_ingress(GroupId=one, IpPermissions=pairs)
    nlb = elbv2.create_load_balancer(Name=f"{infra_id}-nlb", Subnets=[subnet], Type="network", Scheme="internal")["LoadBalancers"][0]
    elbv2.create_target_group(Name=f"{infra_id}-group", Protocol="TCP", Port=443, VpcId=vpc)
    elb.create_load_balancer(
        LoadBalancerName=f"{infra_id}-classic", Subnets=[subnet],
        Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 80}],
    )  # fmt: skip
    service = ec2.create_vpc_endpoint_service_configuration(NetworkLoadBalancerArns=[nlb["LoadBalancerArn"]], AcceptanceRequired=False)
    identifier = service["ServiceConfiguration"]["ServiceId"]
    ec2.create_tags(Resources=[identifier], Tags=_tags(infra_id))
    account.connections[identifier] = ["vpce-0123456789abcdef0"]
    ec2.create_network_interface(SubnetId=subnet)
    _names(account, infra_id)


def _names(account: MotoAccount, infra_id: str) -> None:
    route53, s3 = account.client("route53"), account.client("s3")
    for zone in route53.list_hosted_zones()["HostedZones"]:
        name = {"example.com.": f"*.apps.{infra_id}.example.com", f"{infra_id}.example.com.": f"*.apps.{infra_id}.example.com"}.get(
            zone["Name"]
        )
        if name and zone["CallerReference"] != OTHERS:
            record = {"Name": name, "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
            changes = [{"Action": "CREATE", "ResourceRecordSet": record}]
            route53.change_resource_record_sets(HostedZoneId=zone["Id"], ChangeBatch={"Changes": changes})
    bucket = f"{infra_id}-image-registry-{REGION}-abc"
    s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket=bucket, Key="docker/registry/blob", Body=b"layer")


def others(account: MotoAccount) -> None:
    """What belongs to somebody else: a cluster of another name, and things that no cluster owns."""
    ec2, iam, route53, s3 = (account.client(s) for s in ("ec2", "iam", "route53", "s3"))
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": _tags(OTHERS)}])["Vpc"]["VpcId"]
    ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/20")
    ec2.allocate_address(Domain="vpc")
    image = ec2.describe_images()["Images"][0]["ImageId"]
    ec2.run_instances(ImageId=image, MinCount=1, MaxCount=1)
    ec2.create_security_group(GroupName="demo-workers", Description="d", VpcId=vpc)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    iam.create_role(RoleName="demo2-node-pool", AssumeRolePolicyDocument='{"Version": "2012-10-17", "Statement": []}')
    iam.create_open_id_connect_provider(Url="https://oidc-demo.s3.us-east-2.amazonaws.com/demo2", ThumbprintList=["A" * 40])
    zone = route53.create_hosted_zone(
        Name="demo.example.com", CallerReference=OTHERS, VPC={"VPCRegion": REGION, "VPCId": vpc}, HostedZoneConfig={"PrivateZone": True}
    )["HostedZone"]["Id"]
    record = {"Name": "www.demo.example.com", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.9"}]}
    changes = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
    route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=changes)
    s3.create_bucket(Bucket="demo-images", CreateBucketConfiguration={"LocationConstraint": REGION})


def inventory(account: MotoAccount) -> dict[str, list[str]]:
    """Everything that there is, kind by kind; the default VPC and what came with it aside."""
    ec2, iam, route53, s3, elb, elbv2 = (account.client(s) for s in ("ec2", "iam", "route53", "s3", "elb", "elbv2"))
    default = {v["VpcId"] for v in ec2.describe_vpcs()["Vpcs"] if v["IsDefault"]}

    def own(things: list[dict[str, Any]], key: str) -> list[str]:
        return sorted(t[key] for t in things if t.get("VpcId") not in default)

    gone = ("deleted", "deleting")
    instances = [i for r in ec2.describe_instances()["Reservations"] for i in r["Instances"] if i["State"]["Name"] != "terminated"]
    endpoints = [e for e in ec2.describe_vpc_endpoints()["VpcEndpoints"] if e["State"].lower() not in gone]
    services = ec2.describe_vpc_endpoint_service_configurations()["ServiceConfigurations"]
    gateways = [g for g in ec2.describe_internet_gateways()["InternetGateways"] if not {a["VpcId"] for a in g["Attachments"]} & default]
    return {
        "vpcs": own(ec2.describe_vpcs()["Vpcs"], "VpcId"),
        "subnets": own(ec2.describe_subnets()["Subnets"], "SubnetId"),
        "route_tables": own(ec2.describe_route_tables()["RouteTables"], "RouteTableId"),
        "security_groups": own(ec2.describe_security_groups()["SecurityGroups"], "GroupId"),
        "network_interfaces": own(ec2.describe_network_interfaces()["NetworkInterfaces"], "NetworkInterfaceId"),
        "nat_gateways": own([n for n in ec2.describe_nat_gateways()["NatGateways"] if n["State"] not in gone], "NatGatewayId"),
        "internet_gateways": sorted(g["InternetGatewayId"] for g in gateways),
        "addresses": sorted(a["AllocationId"] for a in ec2.describe_addresses()["Addresses"]),
        "dhcp_options": sorted(d["DhcpOptionsId"] for d in ec2.describe_dhcp_options()["DhcpOptions"]),
        "endpoints": sorted(e["VpcEndpointId"] for e in endpoints),
        "endpoint_services": sorted(s["ServiceId"] for s in services),
        "instances": sorted(i["InstanceId"] for i in instances),
        "load_balancers": sorted(b["LoadBalancerName"] for b in elbv2.describe_load_balancers()["LoadBalancers"]),
        "target_groups": sorted(g["TargetGroupName"] for g in elbv2.describe_target_groups()["TargetGroups"]),
        "classic_load_balancers": sorted(b["LoadBalancerName"] for b in elb.describe_load_balancers()["LoadBalancerDescriptions"]),
        "zones": sorted(f"{z['Name']} {z['Id']}" for z in route53.list_hosted_zones()["HostedZones"]),
        "records": sorted(
            f"{z['Id']} {r['Name']} {r['Type']}"
            for z in route53.list_hosted_zones()["HostedZones"]
            for r in route53.list_resource_record_sets(HostedZoneId=z["Id"])["ResourceRecordSets"]
            if r["Type"] not in ("SOA", "NS")
        ),
        "buckets": sorted(b["Name"] for b in s3.list_buckets()["Buckets"]),
        "roles": sorted(r["RoleName"] for r in iam.list_roles()["Roles"]),
        "instance_profiles": sorted(p["InstanceProfileName"] for p in iam.list_instance_profiles()["InstanceProfiles"]),
        "oidc_providers": sorted(p["Arn"] for p in iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]),
    }
