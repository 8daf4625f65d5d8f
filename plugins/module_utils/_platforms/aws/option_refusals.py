# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What speaks against the options of a platform, without a look at the account."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter

from . import iam_roles
from .layout import MAX_ZONES, NO_PREFIX, Platform

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")


_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")


_BUCKET = re.compile(r"[a-z0-9][-a-z0-9.]{1,61}[a-z0-9]")


_KEY_ARN = re.compile(r"arn:aws[-a-z]*:kms:[-a-z0-9]+:\d{12}:(key|alias)/\S+")


_MAX_ROLE_NAME, _MAX_TAGS, _MAX_PROVIDER = 64, 25, 255


def input_problems(platform: Platform, removing: bool = False) -> list[str]:
    """Every refusal that needs no look at the account, one sentence each."""
    problems = _name_problems(platform)
    if removing:
        return problems
    return (
        problems
        + _zone_problems(platform)
        + _cidr_problems(platform)
        + _issuer_problems(platform)
        + _other_problems(platform)
    )


def _name_problems(platform: Platform) -> list[str]:
    found = []
    given = [("name", platform.name)] + (
        [("infra_id", platform.infra_id)] if platform.infra_id != platform.name else []
    )
    for option, value in given:
        if not _LABEL.fullmatch(value):
            found.append(
                f"Option {option} is {value!r}, which is no DNS label; use lower-case letters, digits and dashes, at"
                " most 63."
            )
    longest = max(len(role.suffix) for role in (*iam_roles.roles(platform), iam_roles.Role("", "worker-role", ())))
    if len(platform.infra_id) + 1 + longest > _MAX_ROLE_NAME:
        most = _MAX_ROLE_NAME - 1 - longest
        found.append(
            f"Option infra_id has {len(platform.infra_id)} characters, and IAM role names would exceed 64; use at most"
            f" {most}."
        )
    if not _REGION.fullmatch(platform.region):
        found.append(f"Option region is {platform.region!r}, which is no AWS region; use for example us-east-2.")
    labels = platform.base_domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        found.append(
            f"Option base_domain is {platform.base_domain!r}, which is no DNS domain; use for example example.com."
        )
    if platform.prefix not in ("", NO_PREFIX) and not all(
        _LABEL.fullmatch(part) for part in platform.prefix.split(".")
    ):
        found.append(
            f"Option base_domain_prefix is {platform.prefix!r}, which is no DNS name; use the name of the cluster, or"
            " none."
        )
    return found


def _zone_problems(platform: Platform) -> list[str]:
    found = []
    if not platform.zones:
        found.append("Option zones is empty; name at least one availability zone of the region.")
    if len(platform.zones) > MAX_ZONES:
        found.append(
            f"Option zones has {len(platform.zones)} zones, and the address plan has room for {MAX_ZONES}; name fewer."
        )
    for zone, times in Counter(platform.zones).items():
        if times > 1:
            found.append(f"Option zones names {zone} {times} times; name each zone once.")
        if _REGION.fullmatch(platform.region) and not re.fullmatch(
            re.escape(platform.region) + r"(-[a-z]+-\d+)?[a-z]", zone
        ):
            found.append(
                f"Option zones names {zone}, which is no zone of region {platform.region}{_likely(zone)}; correct"
                " region or zones."
            )
    return found


def _likely(zone: str) -> str:
    """The region that the zone's own name speaks of: either of the two options may be the wrong one."""
    named = re.match(_REGION, zone)
    return f" but looks like one of {named[0]}" if named else ""


def _cidr_problems(platform: Platform) -> list[str]:
    text = platform.vpc_cidr
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return [f"Option vpc_cidr is {text!r}, which is no network address; use for example 10.0.0.0/16."]
    if not isinstance(network, ipaddress.IPv4Network):
        return [f"Option vpc_cidr is {text}, which is no IPv4 network; use for example 10.0.0.0/16."]
    if not 16 <= network.prefixlen <= 24:
        return [f"Option vpc_cidr is {text}; a VPC and its sixteen subnets need a prefix length from 16 to 24."]
    if not network.is_private and not network.subnet_of(ipaddress.IPv4Network("100.64.0.0/10")):
        return [
            f"Option vpc_cidr is {text}, which are public addresses; use a private network, for example 10.0.0.0/16."
        ]
    return []


def _issuer_problems(platform: Platform) -> list[str]:
    found = []
    if bool(platform.oidc_bucket) == bool(platform.issuer):
        found.append(
            "Exactly one of the options oidc_bucket and issuer_url is needed: the hosted cluster's issuer is in the one"
            " or is the other."
        )
    if platform.oidc_bucket and (not _BUCKET.fullmatch(platform.oidc_bucket) or ".." in platform.oidc_bucket):
        found.append(
            f"Option oidc_bucket is {platform.oidc_bucket!r}, which is no bucket name; use 3 to 63 lower-case letters,"
            " digits and dashes."
        )
    elif "." in platform.oidc_bucket:
        found.append(
            f"Option oidc_bucket is {platform.oidc_bucket}, and the certificate of S3 does not fit names with dots; use"
            " one without."
        )
    if platform.issuer and not re.fullmatch(r"https://[^\s/?#@]+(/[^\s?#]*[^\s?#/])?", platform.issuer):
        found.append(
            "Option issuer_url is no HTTPS URL without query and final slash; use the issuer of the service account"
            " tokens."
        )
    if platform.oidc_bucket_create and not platform.oidc_bucket:
        found.append("Option oidc_bucket_create needs oidc_bucket; name the bucket.")
    if len(platform.provider) > _MAX_PROVIDER:
        found.append(
            f"The issuer URL has {len(platform.provider)} characters without its scheme, and IAM takes 255; use shorter"
            " names."
        )
    return found


def _other_problems(platform: Platform) -> list[str]:
    found = []
    if len(platform.tags) > _MAX_TAGS:
        found.append(f"Option tags has {len(platform.tags)} tags, and hosted clusters take {_MAX_TAGS}; use fewer.")
    for key in platform.tags:
        if key == "Name" or key.startswith(("kubernetes.io/", "aws:")):
            found.append(f"Option tags sets {key}, which the platform or AWS itself sets; leave it out.")
    if platform.kms_key_arn and not _KEY_ARN.fullmatch(platform.kms_key_arn):
        found.append(
            "Option kms_key_arn is no ARN of a KMS key; use for example arn:aws:kms:us-east-2:123456789012:key/1234."
        )
    return found
