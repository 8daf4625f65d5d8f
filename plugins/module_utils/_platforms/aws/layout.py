# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Names, address ranges and tags of the AWS platform of one hosted cluster. Source: platform_facts#2.7."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from typing import Any

OIDC_BUCKET_TAG = "hypershift.core/oidc-bucket"
LOCAL_DOMAIN = "hypershift.local"
NO_PREFIX = "none"
MAX_ZONES = 8  # half of a VPC for each side, a sixteenth for each subnet
CLIENT_IDS = ("openshift", "sts.amazonaws.com")
THUMBPRINT = "A9D53002E97E00E043244F3D170D6F4C414104FD"
SOA_MINIMUM = "60"  # seconds that resolvers remember that a name is not there; Route 53 starts with a day
PUBLIC_SUBNET_TAG, PRIVATE_SUBNET_TAG = "kubernetes.io/role/elb", "kubernetes.io/role/internal-elb"

# Options whose name says more than that of the field.
_FIELDS = {
    "base_domain_prefix": "prefix",
    "issuer_url": "issuer",
    "allow_no_public_zone": "without_public_zone",
}


@dataclass(frozen=True)
class Platform:
    """What the user asked for. zones: availability zones in the user's order. tags: the user's own, put on
    everything."""

    name: str
    infra_id: str
    region: str
    base_domain: str
    zones: tuple[str, ...] = ()
    vpc_cidr: str = "10.0.0.0/16"
    prefix: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    oidc_bucket: str = ""
    oidc_bucket_region: str = ""
    oidc_bucket_create: bool = False
    oidc_bucket_remove: bool = False
    issuer: str = ""
    public_zone_id: str = ""
    without_public_zone: bool = False
    kms_key_arn: str = ""
    karpenter: bool = False
    adopt: bool = False
    preserve_iam: bool = False

    @classmethod
    def of(cls, inputs: dict[str, Any]) -> Platform:
        """From the options of module aws_platform_plan; what is empty takes its default here."""
        named = {_FIELDS.get(key, key): value for key, value in inputs.items()}
        given = {k: v for k, v in named.items() if v is not None and k in cls.__dataclass_fields__}
        given["infra_id"] = given.get("infra_id") or given["name"]
        given["zones"] = tuple(given.get("zones") or ())
        given["tags"] = {str(k): str(v) for k, v in (given.get("tags") or {}).items()}
        return cls(**given)

    @property
    def owner_tag(self) -> str:
        return f"kubernetes.io/cluster/{self.infra_id}"

    @property
    def issuer_url(self) -> str:
        if self.issuer or not self.oidc_bucket:
            return self.issuer
        return f"https://{self.oidc_bucket}.s3.{self.oidc_bucket_region or self.region}.amazonaws.com/{self.infra_id}"

    @property
    def provider(self) -> str:
        """The issuer as IAM names it: without scheme."""
        return self.issuer_url.removeprefix("https://")

    @property
    def cluster_domain(self) -> str:
        if self.prefix == NO_PREFIX:
            return self.base_domain
        return f"{self.prefix or self.name}.{self.base_domain}"

    @property
    def private_domain(self) -> str:
        return self.cluster_domain

    @property
    def local_domain(self) -> str:
        return f"{self.name}.{LOCAL_DOMAIN}"

    @property
    def apps_record(self) -> str:
        """The one record that the ingress operator leaves in the public zone."""
        return f"*.apps.{self.cluster_domain}"

    @property
    def internal_domain(self) -> str:
        """Domain name of the DHCP options, as EC2 itself has it."""
        return "ec2.internal" if self.region == "us-east-1" else f"{self.region}.compute.internal"

    @property
    def vpc_name(self) -> str:
        return f"{self.infra_id}-vpc"

    @property
    def gateway_name(self) -> str:
        return f"{self.infra_id}-igw"

    @property
    def dhcp_name(self) -> str:
        return f"{self.infra_id}-dhcp-options"

    @property
    def endpoint_name(self) -> str:
        return f"{self.infra_id}-s3"

    @property
    def s3_service(self) -> str:
        return f"com.amazonaws.{self.region}.s3"

    @property
    def public_table_name(self) -> str:
        return f"{self.infra_id}-public"

    @property
    def worker_profile(self) -> str:
        return f"{self.infra_id}-worker"

    @property
    def worker_role(self) -> str:
        return f"{self.worker_profile}-role"

    @property
    def worker_policy(self) -> str:
        return f"{self.worker_profile}-policy"

    def address_name(self, zone: str) -> str:
        return f"{self.infra_id}-eip-{zone}"

    def nat_name(self, zone: str) -> str:
        return f"{self.infra_id}-nat-{zone}"

    def subnet_name(self, zone: str, public: bool) -> str:
        return f"{self.infra_id}-{'public' if public else 'private'}-{zone}"

    def private_table_name(self, zone: str) -> str:
        return f"{self.infra_id}-private-{zone}"

    def role_name(self, suffix: str) -> str:
        return f"{self.infra_id}-{suffix}"

    def owned(self, name: str = "", **more: str) -> dict[str, str]:
        """Tags of an object: the user's, then ours, which must not be overridden."""
        named = {"Name": name} if name else {}
        return {**self.tags, **more, **named, self.owner_tag: "owned"}

    def subnets(self) -> list[dict[str, Any]]:
        """Private then public subnet of each zone: a sixteenth of the VPC each, private ones from the upper half,
        public ones from the lower."""
        network = ipaddress.ip_network(self.vpc_cidr)
        parts = list(network.subnets(prefixlen_diff=4))
        found = []
        for index, zone in enumerate(self.zones):
            for public in (False, True):
                name = self.subnet_name(zone, public)
                tag = PUBLIC_SUBNET_TAG if public else PRIVATE_SUBNET_TAG
                cidr = str(parts[index + (0 if public else MAX_ZONES)])
                found.append(
                    {"name": name, "zone": zone, "public": public, "cidr": cidr, "tags": self.owned(name, **{tag: "1"})}
                )
        return found
