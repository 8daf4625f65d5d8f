# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names, address ranges and policies of a platform on AWS; the tables here restate platform_facts#2.7 independently."""

from __future__ import annotations

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws import iam_roles, installer_rights

from platforms.aws.builders import platform

ACCOUNT = "arn:aws:iam::123456789012"
PROVIDER = "oidc-demo.s3.us-east-2.amazonaws.com/demo"


@pytest.mark.parametrize(
    ("vpc", "expected"),
    [
        ("10.0.0.0/16", ["10.0.128.0/20", "10.0.0.0/20", "10.0.144.0/20", "10.0.16.0/20", "10.0.160.0/20", "10.0.32.0/20"]),
        ("172.20.0.0/16", ["172.20.128.0/20", "172.20.0.0/20", "172.20.144.0/20", "172.20.16.0/20", "172.20.160.0/20", "172.20.32.0/20"]),
        ("10.9.8.0/24", ["10.9.8.128/28", "10.9.8.0/28", "10.9.8.144/28", "10.9.8.16/28", "10.9.8.160/28", "10.9.8.32/28"]),
    ],
)
def test_address_ranges(vpc: str, expected: list[str]) -> None:
    zones = ["us-east-2a", "us-east-2b", "us-east-2c"]
    assert [s["cidr"] for s in platform(vpc_cidr=vpc, zones=zones).subnets()] == expected


def test_names_and_tags() -> None:
    one = platform(infra_id="demo-x7", tags={"team": "a"})
    assert one.subnets()[0]["tags"] == {
        "team": "a", "kubernetes.io/role/internal-elb": "1", "Name": "demo-x7-private-us-east-2a", "kubernetes.io/cluster/demo-x7": "owned",
    }  # fmt: skip
    assert one.subnets()[1]["tags"]["kubernetes.io/role/elb"] == "1"
    assert (one.private_domain, one.local_domain) == ("demo.example.com", "demo.hypershift.local")
    assert platform(prefix="none").private_domain == "example.com" and platform(prefix="p").apps_record == "*.apps.p.example.com"
    assert one.issuer_url == "https://oidc-demo.s3.us-east-2.amazonaws.com/demo-x7"
    assert platform(oidc_bucket_region="eu-west-1").provider == "oidc-demo.s3.eu-west-1.amazonaws.com/demo"
    assert platform(region="us-east-1").internal_domain == "ec2.internal" and one.internal_domain == "us-east-2.compute.internal"


@pytest.mark.parametrize(
    ("suffix", "accounts"),
    [
        ("openshift-ingress", "openshift-ingress-operator:ingress-operator"),
        ("openshift-image-registry", "openshift-image-registry:cluster-image-registry-operator openshift-image-registry:registry"),
        ("aws-ebs-csi-driver-controller", "openshift-cluster-csi-drivers:aws-ebs-csi-driver-controller-sa"),
        ("cloud-controller", "kube-system:kube-controller-manager"),
        ("node-pool", "kube-system:capa-controller-manager"),
        ("control-plane-operator", "kube-system:control-plane-operator"),
        ("cloud-network-config-controller", "openshift-cloud-network-config-controller:cloud-network-config-controller"),
        ("kms-provider", "kube-system:kms-provider"),
        ("karpenter", "kube-system:karpenter"),
    ],
)
def test_who_may_take_a_role(suffix: str, accounts: str) -> None:
    every = {r.suffix: r for r in iam_roles.roles(platform(kms_key_arn="arn:aws:kms:us-east-2:123456789012:key/k", karpenter=True))}
    subjects = [f"system:serviceaccount:{a}" for a in accounts.split()]
    assert iam_roles.trust(every[suffix], PROVIDER, f"{ACCOUNT}:oidc-provider/{PROVIDER}") == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Federated": f"{ACCOUNT}:oidc-provider/{PROVIDER}"},
                "Action": "sts:AssumeRoleWithWebIdentity",
                "Condition": {"StringEquals": {f"{PROVIDER}:sub": subjects[0] if len(subjects) == 1 else subjects}},
            }
        ],
    }


def test_permissions_are_limited_to_the_cluster_where_they_can_be() -> None:
    one = platform(kms_key_arn="arn:aws:kms:us-east-2:123456789012:key/k", karpenter=True)
    zones = {"public": "ZPUB", "private": "ZPRIV", "local": "ZLOC"}
    policies = {r.suffix: iam_roles.permissions(r, one, "aws-us-gov", zones)["Statement"] for r in iam_roles.roles(one)}
    assert policies["openshift-ingress"][1]["Resource"] == [f"arn:aws-us-gov:route53:::hostedzone/{z}" for z in ("ZPUB", "ZPRIV")]
    assert policies["control-plane-operator"][1]["Resource"] == "arn:aws-us-gov:route53:::hostedzone/ZLOC"
    assert policies["kms-provider"][0]["Resource"] == one.kms_key_arn
    for suffix in ("node-pool", "karpenter"):
        (passing,) = [s for s in policies[suffix] if s["Action"] == ["iam:PassRole"]]
        assert passing["Resource"] == "arn:aws-us-gov:iam::*:role/demo-worker-role"
    private = iam_roles.permissions(iam_roles.ROLES[0], one, "aws", {"public": "", "private": "ZPRIV"})
    assert private["Statement"][1]["Resource"] == ["arn:aws:route53:::hostedzone/ZPRIV"]
    for statements in policies.values():
        for statement in statements:
            assert (
                statement["Effect"] == "Allow"
                and statement["Resource"]
                and not any(a.partition(":")[2] == "*" for a in statement["Action"])
            )


def test_no_role_policy_outgrows_what_iam_takes() -> None:
    """Inline policies of a role have 10,240 characters in all."""
    import json

    one = platform(karpenter=True)
    for role in iam_roles.roles(one):
        text = json.dumps(iam_roles.permissions(role, one, "aws", {"public": "Z" * 22, "private": "Z" * 22, "local": "Z" * 22}))
        assert len(text) < 10240, role.suffix


def test_rights_name_the_cluster_and_the_bucket_only_when_it_is_written() -> None:
    statements = {s["Sid"]: s for s in installer_rights.policy(platform())["Statement"]}
    assert statements["Roles"]["Resource"] == "arn:*:iam::*:role/demo-*"
    assert "s3:PutBucketPolicy" in statements["IssuerBucket"]["Action"]
    readers = {s["Sid"]: s for s in installer_rights.policy(platform(oidc_bucket_create=False))["Statement"]}
    assert readers["IssuerBucket"]["Action"] == ["s3:ListBucket"]
    assert not [a for s in statements.values() for a in s["Action"] if "*" in a]
