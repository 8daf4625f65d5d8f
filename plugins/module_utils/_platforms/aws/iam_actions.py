# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which calls of AWS the roles of a hosted cluster may send. Source: platform_facts#2.7."""

from __future__ import annotations


def named(service: str, names: str) -> tuple[str, ...]:
    """Actions of one service from their names, separated by white space."""
    return tuple(f"{service}:{name}" for name in names.split())


REGISTRY = named(
    "s3",
    """
    CreateBucket DeleteBucket PutBucketTagging GetBucketTagging PutBucketPublicAccessBlock GetBucketPublicAccessBlock
    PutEncryptionConfiguration GetEncryptionConfiguration PutLifecycleConfiguration GetLifecycleConfiguration
    GetBucketLocation ListBucket GetObject PutObject DeleteObject ListBucketMultipartUploads AbortMultipartUpload
    ListMultipartUploadParts
    """,
)
STORAGE = named(
    "ec2",
    """
    AttachVolume CreateSnapshot CreateTags CreateVolume DeleteSnapshot DeleteTags DeleteVolume DescribeInstances
    DescribeSnapshots DescribeTags DescribeVolumes DescribeVolumesModifications DetachVolume ModifyVolume
    """,
)
CLOUD_CONTROLLER = (
    *named("autoscaling", "DescribeAutoScalingGroups DescribeLaunchConfigurations DescribeTags"),
    *named(
        "ec2",
        """
        DescribeAvailabilityZones DescribeInstances DescribeImages DescribeRegions DescribeRouteTables
        DescribeSecurityGroups DescribeSubnets DescribeVolumes DescribeVpcs CreateSecurityGroup CreateTags CreateVolume
        ModifyInstanceAttribute ModifyVolume AttachVolume AuthorizeSecurityGroupIngress CreateRoute DeleteRoute
        DeleteSecurityGroup DeleteVolume DetachVolume RevokeSecurityGroupIngress
        """,
    ),
    *named(
        "elasticloadbalancing",
        """
        AddTags AttachLoadBalancerToSubnets ApplySecurityGroupsToLoadBalancer CreateLoadBalancer
        CreateLoadBalancerPolicy CreateLoadBalancerListeners ConfigureHealthCheck DeleteLoadBalancer
        DeleteLoadBalancerListeners DescribeLoadBalancers DescribeLoadBalancerAttributes DetachLoadBalancerFromSubnets
        DeregisterInstancesFromLoadBalancer ModifyLoadBalancerAttributes RegisterInstancesWithLoadBalancer
        SetLoadBalancerPoliciesForBackendServer CreateListener CreateTargetGroup DeleteListener DeleteTargetGroup
        DeregisterTargets DescribeListeners DescribeLoadBalancerPolicies DescribeTargetGroups DescribeTargetHealth
        ModifyListener ModifyTargetGroup RegisterTargets SetLoadBalancerPoliciesOfListener
        """,
    ),
    *named("iam", "CreateServiceLinkedRole"),
    *named("kms", "DescribeKey"),
)
NODE_POOL = (
    *named(
        "ec2",
        """
        AssociateRouteTable AttachInternetGateway AuthorizeSecurityGroupIngress CreateInternetGateway CreateNatGateway
        CreateRoute CreateRouteTable CreateSecurityGroup CreateSubnet CreateTags DeleteInternetGateway DeleteNatGateway
        DeleteRouteTable DeleteSecurityGroup DeleteSubnet DeleteTags DescribeAccountAttributes DescribeAddresses
        DescribeAvailabilityZones DescribeImages DescribeInstances DescribeInternetGateways DescribeNatGateways
        DescribeNetworkInterfaces DescribeNetworkInterfaceAttribute DescribeRouteTables DescribeSecurityGroups
        DescribeSubnets DescribeVpcs DescribeDhcpOptions DescribeVpcAttribute DescribeVolumes DetachInternetGateway
        DisassociateRouteTable DisassociateAddress ModifyInstanceAttribute ModifyNetworkInterfaceAttribute
        ModifySubnetAttribute RevokeSecurityGroupIngress RunInstances TerminateInstances CreateLaunchTemplate
        CreateLaunchTemplateVersion DescribeLaunchTemplates DescribeLaunchTemplateVersions DeleteLaunchTemplate
        DeleteLaunchTemplateVersions
        """,
    ),
    *named("tag", "GetResources"),
)
NETWORK = named(
    "ec2",
    """
    DescribeInstances DescribeInstanceStatus DescribeInstanceTypes UnassignPrivateIpAddresses AssignPrivateIpAddresses
    UnassignIpv6Addresses AssignIpv6Addresses DescribeSubnets DescribeNetworkInterfaces
    """,
)
CONTROL_PLANE_OPERATOR = (
    *named(
        "ec2",
        """
        CreateVpcEndpoint DescribeVpcEndpoints ModifyVpcEndpoint DeleteVpcEndpoints CreateTags CreateSecurityGroup
        AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress DeleteSecurityGroup RevokeSecurityGroupIngress
        RevokeSecurityGroupEgress DescribeSecurityGroups DescribeVpcs
        """,
    ),
    *named("route53", "ListHostedZones"),
)
KARPENTER = (
    *named(
        "ec2",
        """
        CreateFleet CreateLaunchTemplate CreateTags DeleteLaunchTemplate RunInstances TerminateInstances
        DescribeAvailabilityZones DescribeImages DescribeInstances DescribeInstanceTypeOfferings DescribeInstanceTypes
        DescribeLaunchTemplates DescribeSecurityGroups DescribeSpotPriceHistory DescribeSubnets
        """,
    ),
    *named("pricing", "GetProducts"),
    *named("ssm", "GetParameter"),
)
