# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What speaks against a platform in its options alone, before AWS is asked anything."""

from __future__ import annotations

import ipaddress
import re
from collections import Counter

from ..._kernel.errors import Failure
from . import iam_roles
from .layout import MAX_ZONES, NO_PREFIX, Platform

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_BUCKET = re.compile(r"[a-z0-9][-a-z0-9.]{1,61}[a-z0-9]")
_KEY_ARN = re.compile(r"arn:aws[-a-z]*:kms:[-a-z0-9]+:\d{12}:(key|alias)/\S+")
_ISSUER = re.compile(r"https://[^\s/?#@]+(/[^\s?#]*[^\s?#/])?")
_MAX_ROLE_NAME, _MAX_TAGS, _MAX_PROVIDER = 64, 25, 255


def input_refusals(platform: Platform, removing: bool = False) -> list[Failure]:
    """Every refusal that needs no look at the account; all with code ``invalid_option``."""
    names = _names(platform)
    if removing:
        return names
    return names + _zones(platform) + _range(platform) + _issuer(platform) + _tags_and_key(platform)


def _option(name: str, cause: str, next_step: str) -> Failure:
    return Failure("invalid_option", cause, object=f"Option {name}", next_step=next_step)


def _names(platform: Platform) -> list[Failure]:
    found = []
    given = {"name": platform.name, "infra_id": platform.infra_id}
    if platform.infra_id == platform.name:
        del given["infra_id"]
    for option, value in given.items():
        if not _LABEL.fullmatch(value):
            found.append(
                _option(option, f"{value!r} is no DNS label", "Use lower-case letters, digits and dashes, at most 63.")
            )
    longest = max(len(role.suffix) for role in (*iam_roles.roles(platform), iam_roles.Role("", "worker-role", ())))
    most = _MAX_ROLE_NAME - 1 - longest
    if len(platform.infra_id) > most:
        cause = f"it has {len(platform.infra_id)} characters, and names of IAM roles would exceed {_MAX_ROLE_NAME}"
        found.append(_option("infra_id", cause, f"Use at most {most}."))
    return found + _places(platform)


def _places(platform: Platform) -> list[Failure]:
    """Region and DNS names."""
    found = []
    if not _REGION.fullmatch(platform.region):
        found.append(_option("region", f"{platform.region!r} is no AWS region", "Use for example us-east-2."))
    labels = platform.base_domain.split(".")
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        cause = f"{platform.base_domain!r} is no DNS domain"
        found.append(_option("base_domain", cause, "Use for example example.com."))
    parts = platform.prefix.split(".")
    if platform.prefix not in ("", NO_PREFIX) and not all(_LABEL.fullmatch(part) for part in parts):
        cause = f"{platform.prefix!r} is no DNS name"
        found.append(_option("base_domain_prefix", cause, "Use the name of the cluster, or none."))
    return found


def _zones(platform: Platform) -> list[Failure]:
    found = []
    if not platform.zones:
        found.append(_option("zones", "it is empty", "Name at least one availability zone of the region."))
    if len(platform.zones) > MAX_ZONES:
        cause = f"it has {len(platform.zones)} zones, and the address plan has room for {MAX_ZONES}"
        found.append(_option("zones", cause, "Name fewer."))
    region = re.escape(platform.region)
    for zone, times in Counter(platform.zones).items():
        if times > 1:
            found.append(_option("zones", f"it names {zone} {times} times", "Name each zone once."))
        if _REGION.fullmatch(platform.region) and not re.fullmatch(region + r"(-[a-z]+-\d+)?[a-z]", zone):
            cause = f"it names {zone}, which is no zone of region {platform.region}{_likely(zone)}"
            found.append(_option("zones", cause, "Correct region or zones."))
    return found


def _likely(zone: str) -> str:
    """The region that the zone's own name speaks of: either of the two options may be the wrong one."""
    named = re.match(_REGION, zone)
    return f" but looks like one of {named[0]}" if named else ""


def _range(platform: Platform) -> list[Failure]:
    text, private = platform.vpc_cidr, "Use a private network, for example 10.0.0.0/16."
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return [_option("vpc_cidr", f"{text!r} is no network address", "Use for example 10.0.0.0/16.")]
    if not isinstance(network, ipaddress.IPv4Network):
        return [_option("vpc_cidr", f"{text} is no IPv4 network", "Use for example 10.0.0.0/16.")]
    if not 16 <= network.prefixlen <= 24:
        cause = f"{text} has prefix length {network.prefixlen}, and a VPC with its sixteen subnets needs 16 to 24"
        return [_option("vpc_cidr", cause, "Use for example 10.0.0.0/16.")]
    if not network.is_private and not network.subnet_of(ipaddress.IPv4Network("100.64.0.0/10")):
        return [_option("vpc_cidr", f"{text} has public addresses", private)]
    return []


def _issuer(platform: Platform) -> list[Failure]:
    found = []
    if bool(platform.oidc_bucket) == bool(platform.issuer):
        cause = "the issuer of the hosted cluster is in the one or is the other, and exactly one has to be given"
        found.append(_option("oidc_bucket or issuer_url", cause, "Set one of the two."))
    if platform.oidc_bucket and (not _BUCKET.fullmatch(platform.oidc_bucket) or ".." in platform.oidc_bucket):
        cause = f"{platform.oidc_bucket!r} is no bucket name"
        found.append(_option("oidc_bucket", cause, "Use 3 to 63 lower-case letters, digits and dashes."))
    elif "." in platform.oidc_bucket:
        cause = f"{platform.oidc_bucket} has dots, and the certificate of S3 does not fit such names"
        found.append(_option("oidc_bucket", cause, "Use one without."))
    if platform.issuer and not _ISSUER.fullmatch(platform.issuer):
        cause = "it is no HTTPS URL without query and final slash"
        found.append(_option("issuer_url", cause, "Use the issuer of the service account tokens."))
    if platform.oidc_bucket_create and not platform.oidc_bucket:
        found.append(_option("oidc_bucket_create", "no bucket is named", "Set oidc_bucket."))
    if len(platform.provider) > _MAX_PROVIDER:
        size = len(platform.provider)
        cause = f"the issuer has {size} characters without its scheme, and IAM takes {_MAX_PROVIDER}"
        found.append(_option("issuer_url" if platform.issuer else "oidc_bucket", cause, "Use shorter names."))
    return found


def _tags_and_key(platform: Platform) -> list[Failure]:
    found = []
    if len(platform.tags) > _MAX_TAGS:
        cause = f"it has {len(platform.tags)} tags, and hosted clusters take {_MAX_TAGS}"
        found.append(_option("tags", cause, "Use fewer."))
    for key in platform.tags:
        if key == "Name" or key.startswith(("kubernetes.io/", "aws:")):
            found.append(_option("tags", f"{key} is set by the platform or by AWS itself", "Leave it out."))
    if platform.kms_key_arn and not _KEY_ARN.fullmatch(platform.kms_key_arn):
        example = "arn:aws:kms:us-east-2:123456789012:key/1234"
        found.append(_option("kms_key_arn", "it is no ARN of a KMS key", f"Use for example {example}."))
    return found
