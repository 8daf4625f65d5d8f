# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The rights that role aws_platform needs in an account, no more: a test compares them with the calls that it sends.

What the cluster's own operators may do is in aws_roles; this is for the person or pipeline that runs the role.
"""

from __future__ import annotations

from typing import Any

from .iam_actions import named
from .layout import Platform

Document = dict[str, Any]
_READ_EC2 = named(
    "ec2",
    """
    DescribeAddresses DescribeAvailabilityZones DescribeDhcpOptions DescribeInternetGateways DescribeNatGateways
    DescribeRouteTables DescribeSubnets DescribeTags DescribeVpcAttribute DescribeVpcEndpoints DescribeVpcs
    """,
)
_MAKE_EC2 = named(
    "ec2",
    """
    AllocateAddress AssociateDhcpOptions AssociateRouteTable AttachInternetGateway CreateDhcpOptions
    CreateInternetGateway CreateNatGateway CreateRoute CreateRouteTable CreateSubnet CreateTags CreateVpc
    CreateVpcEndpoint ModifyVpcAttribute ModifyVpcEndpoint ReplaceRoute ReplaceRouteTableAssociation
    """,
)
_READ_LEFTOVERS = named(
    "ec2",
    """
    DescribeInstances DescribeNetworkInterfaces DescribeSecurityGroups DescribeVpcEndpointConnections
    DescribeVpcEndpointServiceConfigurations
    """,
)
_REMOVE_EC2 = named(
    "ec2",
    """
    DeleteDhcpOptions DeleteInternetGateway DeleteNatGateway DeleteNetworkInterface DeleteRouteTable DeleteSecurityGroup
    DeleteSubnet DeleteVpc DeleteVpcEndpointServiceConfigurations DeleteVpcEndpoints DetachInternetGateway
    RejectVpcEndpointConnections ReleaseAddress RevokeSecurityGroupEgress RevokeSecurityGroupIngress TerminateInstances
    """,
)
_ELB = named(
    "elasticloadbalancing",
    """
    DeleteLoadBalancer DeleteTargetGroup DescribeInstanceHealth DescribeLoadBalancerAttributes
    DescribeLoadBalancerPolicies DescribeLoadBalancers DescribeTags DescribeTargetGroups
    """,
)
_READ_ZONES = named("route53", "GetHostedZone ListHostedZones ListResourceRecordSets ListTagsForResource")
_MAKE_ZONES = named("route53", "ChangeResourceRecordSets ChangeTagsForResource CreateHostedZone")
_READ_ROLES = named("iam", "GetRole GetRolePolicy ListAttachedRolePolicies ListRolePolicies")
_MAKE_ROLES = named("iam", "CreateRole PutRolePolicy TagRole UpdateAssumeRolePolicy")
_REMOVE_ROLES = named("iam", "DeleteRole DeleteRolePolicy ListInstanceProfilesForRole")
_MAKE_PROFILE = named("iam", "AddRoleToInstanceProfile CreateInstanceProfile TagInstanceProfile")
_REMOVE_PROFILE = named("iam", "DeleteInstanceProfile RemoveRoleFromInstanceProfile")
_MAKE_PROVIDER = named(
    "iam",
    """
    AddClientIDToOpenIDConnectProvider CreateOpenIDConnectProvider TagOpenIDConnectProvider
    UpdateOpenIDConnectProviderThumbprint
    """,
)
_READ_BUCKET = named(
    "s3",
    """
    GetAccelerateConfiguration GetBucketAcl GetBucketLogging GetBucketObjectLockConfiguration GetBucketOwnershipControls
    GetBucketPolicy GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning
    GetEncryptionConfiguration GetInventoryConfiguration ListBucket
    """,
)
_MAKE_BUCKET = named("s3", "CreateBucket PutBucketPolicy PutBucketPublicAccessBlock PutBucketTagging")


def policy(platform: Platform) -> Document:
    """For making, keeping and removing this platform. Its own names limit what can be limited by name."""
    iam = "arn:*:iam::*"
    profile, provider = f"{iam}:instance-profile/{platform.worker_profile}", f"{iam}:oidc-provider/{platform.provider}"
    statements = [
        _allow("Network", _READ_EC2 + _MAKE_EC2),
        _allow("NetworkRemoval", _READ_LEFTOVERS + _REMOVE_EC2),
        _allow("LoadBalancers", _ELB),
        _allow("Zones", (*_READ_ZONES, *_MAKE_ZONES, "route53:DeleteHostedZone")),
        _allow("Roles", _READ_ROLES + _MAKE_ROLES + _REMOVE_ROLES, f"{iam}:role/{platform.infra_id}-*"),
        _allow("Profile", ("iam:GetInstanceProfile", *_MAKE_PROFILE, *_REMOVE_PROFILE), profile),
        _allow("WorkerRole", ("iam:PassRole",), f"{iam}:role/{platform.worker_role}"),
        _allow("Providers", ("iam:ListOpenIDConnectProviders",)),
        _allow(
            "Provider", ("iam:GetOpenIDConnectProvider", *_MAKE_PROVIDER, "iam:DeleteOpenIDConnectProvider"), provider
        ),
        _allow("Caller", ("sts:GetCallerIdentity",)),
        _allow("Buckets", ("s3:ListAllMyBuckets",)),
        *_buckets(platform),
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _buckets(platform: Platform) -> list[Document]:
    registry = f"arn:*:s3:::{platform.infra_id}-image-registry-*"
    removal = named("s3", "DeleteBucket DeleteObject DeleteObjectVersion ListBucket ListBucketVersions")
    statements = [_allow("RegistryBucket", removal, [registry, f"{registry}/*"])]
    bucket = f"arn:*:s3:::{platform.oidc_bucket}"
    if platform.oidc_bucket_create or platform.oidc_bucket_remove:
        statements.append(_allow("IssuerBucket", (*_READ_BUCKET, *_MAKE_BUCKET, "s3:DeleteBucket"), bucket))
    elif platform.oidc_bucket:
        statements.append(_allow("IssuerBucket", ("s3:ListBucket",), bucket))
    return statements


def _allow(name: str, actions: tuple[str, ...], resource: str | list[str] = "*") -> Document:
    return {"Sid": name, "Effect": "Allow", "Action": sorted(actions), "Resource": resource}
