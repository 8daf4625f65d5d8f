# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Roles of a hosted cluster on AWS: who may take them, and what they allow. Source: platform_facts#2.7.

The actions are those that the operators call; policies are data here, so that a test can compare them with a table of
its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import iam_actions
from .layout import Platform

VERSION = "2012-10-17"
Document = dict[str, Any]

_GRANT_FOR_AWS = {"Bool": {"kms:GrantIsForAWSResource": "true"}}


@dataclass(frozen=True)
class Role:
    """One role of a hosted cluster. option: its name in option aws.roles of module hosted_cluster, empty when it has
    none."""

    option: str
    suffix: str
    accounts: tuple[str, ...]


ROLES = (
    Role("ingress", "openshift-ingress", ("openshift-ingress-operator:ingress-operator",)),
    Role(
        "image_registry",
        "openshift-image-registry",
        ("openshift-image-registry:cluster-image-registry-operator", "openshift-image-registry:registry"),
    ),
    Role(
        "storage", "aws-ebs-csi-driver-controller", ("openshift-cluster-csi-drivers:aws-ebs-csi-driver-controller-sa",)
    ),
    Role("kube_cloud_controller", "cloud-controller", ("kube-system:kube-controller-manager",)),
    Role("node_pool_management", "node-pool", ("kube-system:capa-controller-manager",)),
    Role("control_plane_operator", "control-plane-operator", ("kube-system:control-plane-operator",)),
    Role(
        "network",
        "cloud-network-config-controller",
        ("openshift-cloud-network-config-controller:cloud-network-config-controller",),
    ),
)
KMS = Role("", "kms-provider", ("kube-system:kms-provider",))
KARPENTER = Role("", "karpenter", ("kube-system:karpenter",))


def roles(platform: Platform) -> tuple[Role, ...]:
    return (*ROLES, *([KMS] if platform.kms_key_arn else []), *([KARPENTER] if platform.karpenter else []))


def allow(actions: tuple[str, ...], resource: Any = "*", condition: Document | None = None) -> Document:
    """One statement."""
    statement: Document = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def document(*statements: Document) -> Document:
    return {"Version": VERSION, "Statement": list(statements)}


def trust(role: Role, provider: str, provider_arn: str) -> Document:
    """Service accounts of the hosted cluster take the role with the tokens that its issuer signs."""
    subjects: Any = [f"system:serviceaccount:{account}" for account in role.accounts]
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Federated": provider_arn},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {"StringEquals": {f"{provider}:sub": subjects if len(subjects) > 1 else subjects[0]}},
        }
    )


def worker_trust() -> Document:
    return document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})


def worker_permissions() -> Document:
    return document(allow(("ec2:DescribeInstances", "ec2:DescribeRegions")))


def bucket_policy(bucket: str, partition: str) -> Document:
    """Everyone may read the documents of the issuers: AWS itself fetches them (platform_facts#1.6)."""
    return document(
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:{partition}:s3:::{bucket}/*"}
    )


def permissions(role: Role, platform: Platform, partition: str, zones: dict[str, str]) -> Document:
    """What a role allows. zones: IDs of the zones ``public``, ``private`` and ``local``, as far as there are any."""
    arns = {
        key: f"arn:{partition}:route53:::hostedzone/{identifier}" for key, identifier in zones.items() if identifier
    }
    lists: dict[str, tuple[Document, ...]] = {
        "openshift-ingress": (
            allow(("elasticloadbalancing:DescribeLoadBalancers", "tag:GetResources", "route53:ListHostedZones")),
            allow(("route53:ChangeResourceRecordSets",), [arns[key] for key in ("public", "private") if key in arns]),
        ),
        "openshift-image-registry": (allow(iam_actions.REGISTRY),),
        "aws-ebs-csi-driver-controller": _storage(),
        "cloud-controller": (allow(iam_actions.CLOUD_CONTROLLER),),
        "node-pool": _node_pool(platform, partition),
        "control-plane-operator": (
            allow(iam_actions.CONTROL_PLANE_OPERATOR),
            allow(("route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"), arns.get("local", "")),
        ),
        "cloud-network-config-controller": (allow(iam_actions.NETWORK),),
        "kms-provider": (
            allow(
                ("kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"),
                platform.kms_key_arn,
            ),
        ),
        "karpenter": (allow(iam_actions.KARPENTER), _pass_worker_role(platform, partition)),
    }
    return document(*lists[role.suffix])


def _storage() -> tuple[Document, ...]:
    keys = (
        "kms:Decrypt",
        "kms:Encrypt",
        "kms:GenerateDataKey",
        "kms:GenerateDataKeyWithoutPlainText",
        "kms:DescribeKey",
    )
    return (
        allow(iam_actions.STORAGE),
        allow(keys),
        allow(("kms:RevokeGrant", "kms:CreateGrant", "kms:ListGrants"), condition=_GRANT_FOR_AWS),
    )


def _node_pool(platform: Platform, partition: str) -> tuple[Document, ...]:
    service = "elasticloadbalancing.amazonaws.com"
    return (
        allow(iam_actions.NODE_POOL),
        allow(
            ("iam:CreateServiceLinkedRole",),
            f"arn:{partition}:iam::*:role/aws-service-role/{service}/AWSServiceRoleForElasticLoadBalancing",
            {"StringLike": {"iam:AWSServiceName": service}},
        ),
        _pass_worker_role(platform, partition),
        allow(("kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKeyWithoutPlainText", "kms:DescribeKey")),
        allow(("kms:CreateGrant",), condition=_GRANT_FOR_AWS),
    )


def _pass_worker_role(platform: Platform, partition: str) -> Document:
    """Of this cluster's own workers alone: machines of a node pool get no other role."""
    return allow(("iam:PassRole",), f"arn:{partition}:iam::*:role/{platform.worker_role}")


def comparable(policy: Any) -> Any:
    """A policy in one form: single values as lists, lists in order, so that AWS's own rewriting is no difference."""
    if not isinstance(policy, dict):
        return policy
    statements = policy.get("Statement") or []
    rows = [_statement(s) for s in (statements if isinstance(statements, list) else [statements])]
    return {"Version": policy.get("Version"), "Statement": sorted(rows, key=str)}


def _statement(statement: Document) -> Document:
    kept = {k: v for k, v in statement.items() if not (k == "Sid" and not v)}
    return {key: _listed(value) if key not in ("Effect", "Sid") else value for key, value in kept.items()}


def _listed(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _listed(v) for k, v in sorted(value.items())}
    return sorted(
        str(v).lower() if isinstance(v, bool) else str(v) for v in (value if isinstance(value, list) else [value])
    )
