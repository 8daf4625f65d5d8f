# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is refused in the options of a platform, without a look at the account."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.input_refusals import input_refusals
from ansible_collections.hypershift.core.plugins.module_utils._platforms.aws.layout import Platform

from platforms.aws.builders import platform

BAD: list[tuple[dict[str, Any], str]] = [
    ({"name": "Demo_1"}, "no DNS label"),
    ({"infra_id": "d" * 33}, "use at most 32"),
    ({"region": "ohio"}, "no AWS region"),
    ({"base_domain": "example"}, "no DNS domain"),
    ({"prefix": "a_b"}, "no DNS name"),
    ({"zones": []}, "Option zones: it is empty"),
    ({"zones": ["us-east-2a", "us-east-2a"]}, "2 times"),
    (
        {"zones": ["us-east-1a"]},
        "us-east-1a, which is no zone of region us-east-2 but looks like one of us-east-1. Correct region or zones.",
    ),
    ({"zones": ["us-east-2a1"]}, "no zone of region us-east-2 but looks"),
    ({"zones": ["a"]}, "names a, which is no zone of region us-east-2. Correct region or zones."),
    ({"region": "us-eats-2", "zones": ["us-east-2a"]}, "no zone of region us-eats-2 but looks like one of us-east-2. Correct region"),
    ({"zones": [f"us-east-2{c}" for c in "abcdefghi"]}, "room for 8"),
    ({"vpc_cidr": "10.0.0.1/16"}, "no network address"),
    ({"vpc_cidr": "fd00::/48"}, "no IPv4 network"),
    ({"vpc_cidr": "10.0.0.0/8"}, "prefix length 8, and a VPC"),
    ({"vpc_cidr": "8.8.0.0/16"}, "public addresses"),
    ({"oidc_bucket": "", "oidc_bucket_create": False}, "exactly one has to be given"),
    ({"issuer": "https://a.example.com/x"}, "exactly one has to be given"),
    ({"oidc_bucket": "", "oidc_bucket_create": False, "issuer": "http://a.example.com"}, "no HTTPS URL"),
    ({"oidc_bucket": "Bucket"}, "no bucket name"),
    ({"oidc_bucket": "my.bucket"}, "has dots"),
    ({"oidc_bucket": "", "issuer": "https://a.example.com/x"}, "Set oidc_bucket"),
    ({"oidc_bucket": "", "oidc_bucket_create": False, "issuer": "https://a.example.com/" + "x" * 250}, "IAM takes 255"),
    ({"tags": {str(i): "x" for i in range(26)}}, "use fewer"),
    ({"tags": {"kubernetes.io/cluster/other": "owned"}}, "leave it out"),
    ({"kms_key_arn": "key/1"}, "no ARN"),
]


@pytest.mark.parametrize(("changed", "words"), BAD, ids=[w for _c, w in BAD])
def test_bad_inputs_are_refused_in_one_sentence_each(changed: dict[str, Any], words: str) -> None:
    (failure,) = input_refusals(platform(**changed))
    assert words.lower() in failure.message().lower() and failure.message().endswith("."), failure
    assert failure.code == "invalid_option" and failure.object.startswith("Option ") and failure.next_step


def test_good_inputs_and_removal_without_zones() -> None:
    assert input_refusals(platform()) == []
    assert input_refusals(platform(vpc_cidr="100.64.0.0/16", prefix="none", infra_id="d" * 32)) == []
    assert input_refusals(Platform.of({"name": "demo", "region": "us-east-2", "base_domain": "example.com"}), removing=True) == []
