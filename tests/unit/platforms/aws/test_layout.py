# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names, address ranges, policies and refusals of a platform on AWS; the tables here restate facts 2.7 independently."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws import iam_roles, installer_rights, refusals
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.layout import Platform
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.option_refusals import input_problems

from platforms.aws.builders import LEFT, empty, made, platform

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


BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": "Demo_1"}, "no DNS label"),
    ({"infra_id": "d" * 33}, "use at most 32"),
    ({"region": "ohio"}, "no AWS region"),
    ({"base_domain": "example"}, "no DNS domain"),
    ({"prefix": "a_b"}, "no DNS name"),
    ({"zones": []}, "zones is empty"),
    ({"zones": ["us-east-2a", "us-east-2a"]}, "2 times"),
    (
        {"zones": ["us-east-1a"]},
        "us-east-1a, which is no zone of region us-east-2 but looks like one of us-east-1; correct region or zones.",
    ),
    ({"zones": ["us-east-2a1"]}, "no zone of region us-east-2 but looks"),
    ({"zones": ["a"]}, "names a, which is no zone of region us-east-2; correct region or zones."),
    ({"region": "us-eats-2", "zones": ["us-east-2a"]}, "no zone of region us-eats-2 but looks like one of us-east-2; correct region"),
    ({"zones": [f"us-east-2{c}" for c in "abcdefghi"]}, "room for 8"),
    ({"vpc_cidr": "10.0.0.1/16"}, "no network address"),
    ({"vpc_cidr": "fd00::/48"}, "no IPv4 network"),
    ({"vpc_cidr": "10.0.0.0/8"}, "prefix length from 16 to 24"),
    ({"vpc_cidr": "8.8.0.0/16"}, "public addresses"),
    ({"oidc_bucket": "", "oidc_bucket_create": False}, "Exactly one"),
    ({"issuer": "https://a.example.com/x"}, "Exactly one"),
    ({"oidc_bucket": "", "oidc_bucket_create": False, "issuer": "http://a.example.com"}, "no HTTPS URL"),
    ({"oidc_bucket": "Bucket"}, "no bucket name"),
    ({"oidc_bucket": "my.bucket"}, "names with dots"),
    ({"oidc_bucket": "", "issuer": "https://a.example.com/x"}, "needs oidc_bucket"),
    ({"oidc_bucket": "", "oidc_bucket_create": False, "issuer": "https://a.example.com/" + "x" * 250}, "IAM takes 255"),
    ({"tags": {str(i): "x" for i in range(26)}}, "use fewer"),
    ({"tags": {"kubernetes.io/cluster/other": "owned"}}, "leave it out"),
    ({"kms_key_arn": "key/1"}, "no ARN"),
]


@pytest.mark.parametrize(("changed", "words"), BAD, ids=[w for _c, w in BAD])
def test_bad_inputs_are_refused_in_one_sentence_each(changed: dict[str, Any], words: str) -> None:
    problems = input_problems(platform(**changed))
    assert len(problems) == 1 and words in problems[0] and problems[0].endswith("."), problems


def test_good_inputs_and_removal_without_zones() -> None:
    assert input_problems(platform()) == []
    assert input_problems(platform(vpc_cidr="100.64.0.0/16", prefix="none", infra_id="d" * 32)) == []
    assert input_problems(Platform.of({"name": "demo", "region": "us-east-2", "base_domain": "example.com"}), removing=True) == []


ROLE = {"id": "demo-node-pool", "name": "demo-node-pool", "tags": {}}
ACCOUNT_CASES: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    ({}, {"availability_zones": ["us-east-2a"]}, "no zone us-east-2b"),
    (
        {},
        {"availability_zones": ["us-east-1a"]},
        "Region us-east-2 is not known to this account, or has no zone for it; correct option region.",
    ),
    ({}, {"availability_zones": []}, "correct option region."),
    ({}, {"public_zones": []}, "no public zone example.com"),
    ({}, {"public_zones": [{"id": "Z1"}, {"id": "Z2"}]}, "choose one"),
    ({"public_zone_id": "Z3"}, {}, "correct public_zone_id"),
    ({"oidc_bucket_create": False}, {"oidc_bucket": None}, "does not exist"),
    ({}, {"oidc_bucket": {"id": "b", "region": "eu-west-1", "tags": {}}}, "set oidc_bucket_region"),
    ({}, {"roles": [ROLE]}, "set adopt"),
    ({}, {"instance_profile": {**ROLE, "name": "demo-worker"}}, "Instance profile demo-worker"),
    ({}, {"oidc_provider": ROLE}, "OIDC provider"),
    ({}, {"vpcs": [{"id": "v", "cidr": "10.1.0.0/16", "tags": {"Name": "demo-vpc"}}]}, "set vpc_cidr"),
    ({}, {"nat_gateways": [{"id": i, "tags": {"Name": "demo-nat-us-east-2a"}} for i in "ab"]}, "remove all but one"),
    (
        {},
        {"subnets": [{"id": "s", "cidr": "10.0.0.0/20", "zone": "us-east-2a", "tags": {"Name": "demo-private-us-east-2a"}}]},
        "first order",
    ),
]


@pytest.mark.parametrize(("changed", "there", "words"), ACCOUNT_CASES, ids=[w for _c, _t, w in ACCOUNT_CASES])
def test_the_account_may_speak_against_it(changed: dict[str, Any], there: dict[str, Any], words: str) -> None:
    problems = refusals.account_problems(platform(**changed), {**empty(), **there})
    assert len(problems) == 1 and words in problems[0] and problems[0].endswith("."), problems


def test_what_is_allowed_is_not_refused() -> None:
    assert refusals.account_problems(platform(), made(platform())) == []
    assert refusals.account_problems(platform(without_public_zone=True), {**empty(), "public_zones": []}) == []
    assert refusals.account_problems(platform(adopt=True), {**empty(), "roles": [ROLE]}) == []


def test_removal_refuses_another_clusters_things_and_a_bucket_in_use() -> None:
    world = {**empty(), **LEFT}
    foreign = {"what": "Subnet", "id": "s-1", "tags": {"kubernetes.io/cluster/other": "owned"}}
    shared = {"what": "Subnet", "id": "s-2", "tags": {"kubernetes.io/cluster/other": "shared"}}
    (problem,) = refusals.removal_problems(platform(), {**world, "inside": [foreign, shared]})
    assert "belongs to cluster other" in problem
    bucket = {"id": "oidc-demo", "tags": {}, "prefixes": ["other"]}
    asked = platform(oidc_bucket_remove=True)
    assert "not made by this role" in refusals.removal_problems(asked, {**world, "oidc_bucket": bucket})[0]
    bucket = {**bucket, "tags": {"hypershift.core/oidc-bucket": "managed"}}
    assert "documents of other" in refusals.removal_problems(asked, {**world, "oidc_bucket": bucket})[0]
    assert refusals.removal_problems(platform(), {**world, "oidc_bucket": bucket}) == []


def test_network_is_not_taken_from_under_what_others_run_in_it() -> None:
    world = {**empty(), **LEFT}
    machines = [{"id": f"i-{n}", "tags": {"Name": "web"} if n == 0 else {}} for n in range(12)]
    (problem,) = refusals.removal_problems(platform(), {**world, "other_machines": machines})
    assert problem.startswith("12 machine(s) in VPC demo-vpc") and "(i-0 web, i-1, " in problem and "i-9, ...)" in problem
    interface = {"id": "eni-1", "description": "EFS mount target", "tags": {}}
    (problem,) = refusals.removal_problems(platform(), {**world, "other_interfaces": [interface]})
    assert "1 network interface(s) in use" in problem and "eni-1 EFS mount target" in problem and problem.endswith(".")
    assert refusals.removal_problems(platform(), {**world, "other_machines": [], "other_interfaces": []}) == []


def test_rights_name_the_cluster_and_the_bucket_only_when_it_is_written() -> None:
    statements = {s["Sid"]: s for s in installer_rights.policy(platform())["Statement"]}
    assert statements["Roles"]["Resource"] == "arn:*:iam::*:role/demo-*"
    assert "s3:PutBucketPolicy" in statements["IssuerBucket"]["Action"]
    readers = {s["Sid"]: s for s in installer_rights.policy(platform(oidc_bucket_create=False))["Statement"]}
    assert readers["IssuerBucket"]["Action"] == ["s3:ListBucket"]
    assert not [a for s in statements.values() for a in s["Action"] if "*" in a]
