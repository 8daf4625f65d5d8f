# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Reads the names of a platform: zones and records, issuer, roles, bucket, in plain data."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from .clients import Clients, tags_of
from .failures import code_of
from .network import Readers

Thing = dict[str, Any]
_GONE = (
    "NoSuchEntity",
    "NoSuchBucket",
    "404",
    "NoSuchBucketPolicy",
    "NoSuchTagSet",
    "NoSuchPublicAccessBlockConfiguration",
)


def absent_is_none(call: Any, **arguments: Any) -> Any:
    """The answer; None when what is asked for does not exist."""
    try:
        return call(**arguments)
    except Exception as error:
        if code_of(error) in _GONE:
            return None
        raise


class Names:
    """question: options of module aws_platform_info."""

    def __init__(self, clients: Clients, question: Thing) -> None:
        self._clients = clients
        self._question = question

    def readers(self) -> Readers:
        roles = {f"role {name}": lambda name=name: self.role(name) for name in self._question["roles"]}
        return {
            "caller": self.caller,
            "zones": self.zones,
            "oidc_bucket": self.bucket,
            "oidc_provider": self.provider,
            "instance_profile": self.instance_profile,
            **roles,
        }

    def caller(self) -> Thing:
        answer = self._clients["sts"].get_caller_identity()
        return {"account": answer["Account"], "partition": answer["Arn"].split(":")[1]}

    def zones(self) -> Thing:
        """public_zones of the base domain, private_zones of the names that were asked for."""
        wanted, public, private = {_dotted(n) for n in self._question["private_domains"]}, [], []
        base = _dotted(self._question["base_domain"])
        for zone in self._clients.pages("route53", "list_hosted_zones", "HostedZones"):
            name, hidden = zone["Name"].lower(), bool((zone.get("Config") or {}).get("PrivateZone"))
            identifier = zone["Id"].rpartition("/")[2]
            if not hidden and name == base:
                public.append({"id": identifier, "name": name.rstrip(".")})
            elif hidden and name in wanted:
                private.append(self._private_zone(identifier, name))
        records = [r for zone in public for r in self._apps_records(zone["id"])]
        return {"public_zones": public, "private_zones": private, "public_records": records}

    def _private_zone(self, identifier: str, name: str) -> Thing:
        client = self._clients["route53"]
        detail = client.get_hosted_zone(Id=identifier)
        tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=identifier)["ResourceTagSet"].get(
            "Tags"
        )
        sets = self._clients.pages(
            "route53", "list_resource_record_sets", "ResourceRecordSets", HostedZoneId=identifier
        )
        soa: Thing = next((s for s in sets if s["Type"] == "SOA"), {})
        return {
            "id": identifier,
            "name": name.rstrip("."),
            "vpc_ids": [vpc["VPCId"] for vpc in detail.get("VPCs") or []],
            "tags": tags_of(tags),
            "soa": next((r["Value"] for r in soa.get("ResourceRecords") or []), ""),
            "soa_ttl": soa.get("TTL", 900),
            "records": [_record(identifier, True, s) for s in sets if s["Type"] not in ("SOA", "NS")],
        }

    def _apps_records(self, zone: str) -> list[Thing]:
        name = self._question.get("public_record") or ""
        if not name:
            return []
        answer = self._clients["route53"].list_resource_record_sets(
            HostedZoneId=zone, StartRecordName=_dotted(name), MaxItems="10"
        )
        return [_record(zone, False, s) for s in answer["ResourceRecordSets"] if _plain(s["Name"]) == name]

    def bucket(self) -> Thing | None:
        """None: there is none of this name. A bucket of another account tells no more than its region."""
        name, client = self._question.get("oidc_bucket") or "", self._clients["s3"]
        if not name:
            return None
        try:
            head = client.head_bucket(Bucket=name)["ResponseMetadata"]
        except Exception as error:
            code, head = code_of(error), getattr(error, "response", {}).get("ResponseMetadata", {})
            if code in _GONE:
                return None
            if code not in ("403", "301"):
                raise
        there = {
            "id": name,
            "name": name,
            "region": head.get("HTTPHeaders", {}).get("x-amz-bucket-region") or self._question["region"],
        }
        return (
            {**there, **self._bucket_detail(name)}
            if self._question["bucket_detail"]
            else {**there, "tags": {}, "prefixes": []}
        )

    def _bucket_detail(self, name: str) -> Thing:
        client = self._clients["s3"]
        policy = absent_is_none(client.get_bucket_policy, Bucket=name)
        block = absent_is_none(client.get_public_access_block, Bucket=name)
        tagging = absent_is_none(client.get_bucket_tagging, Bucket=name)
        listed = client.list_objects_v2(Bucket=name, Delimiter="/", MaxKeys=50)
        return {
            "policy": json.loads(policy["Policy"]) if policy else None,
            "public_access_blocked": any((block or {}).get("PublicAccessBlockConfiguration", {}).values()),
            "tags": tags_of((tagging or {}).get("TagSet")),
            "prefixes": [p["Prefix"].rstrip("/") for p in listed.get("CommonPrefixes") or []]
            + [o["Key"] for o in listed.get("Contents") or []],
        }

    def provider(self) -> Thing | None:
        """Found by the URL that its ARN ends with, so that no other provider has to be read."""
        url, client = (self._question.get("issuer_url") or "").removeprefix("https://"), self._clients["iam"]
        if not url:
            return None
        listed = client.list_open_id_connect_providers()["OpenIDConnectProviderList"]
        arn = next((p["Arn"] for p in listed if p["Arn"].partition(":oidc-provider/")[2] == url), "")
        detail = absent_is_none(client.get_open_id_connect_provider, OpenIDConnectProviderArn=arn) if arn else None
        if not detail:
            return None
        return {
            "id": arn,
            "arn": arn,
            "client_ids": detail.get("ClientIDList") or [],
            "thumbprints": detail.get("ThumbprintList") or [],
            "tags": tags_of(detail.get("Tags")),
        }

    def role(self, name: str) -> Thing | None:
        client = self._clients["iam"]
        answer = absent_is_none(client.get_role, RoleName=name)
        if answer is None:
            return None
        names = self._clients.pages("iam", "list_role_policies", "PolicyNames", RoleName=name)
        policies = {p: _document(client.get_role_policy(RoleName=name, PolicyName=p)["PolicyDocument"]) for p in names}
        role = answer["Role"]
        trust = _document(role["AssumeRolePolicyDocument"])
        return {
            "id": name,
            "name": name,
            "arn": role["Arn"],
            "trust": trust,
            "policies": policies,
            "tags": tags_of(role.get("Tags")),
        }

    def instance_profile(self) -> Thing | None:
        name = self._question.get("instance_profile") or ""
        answer = absent_is_none(self._clients["iam"].get_instance_profile, InstanceProfileName=name) if name else None
        if answer is None:
            return None
        profile = answer["InstanceProfile"]
        roles = [role["RoleName"] for role in profile.get("Roles") or []]
        return {"id": name, "name": name, "arn": profile["Arn"], "roles": roles, "tags": tags_of(profile.get("Tags"))}


def _dotted(name: str) -> str:
    return name.lower().rstrip(".") + "."


def _plain(name: str) -> str:
    """Route 53 writes an asterisk as an octal code."""
    return name.replace("\\052", "*").rstrip(".").lower()


def _record(zone: str, private: bool, record: Thing) -> Thing:
    alias = record.get("AliasTarget") or {}
    return {
        "name": _plain(record["Name"]),
        "zone_id": zone,
        "private": private,
        "type": record["Type"],
        "ttl": record.get("TTL", 0),
        "values": [alias["DNSName"]] if alias else [r["Value"] for r in record.get("ResourceRecords") or []],
        "alias": bool(alias),
        "alias_zone_id": alias.get("HostedZoneId", ""),
    }


def _document(policy: Any) -> Any:
    """boto3 gives policies decoded, servers that stand in for AWS sometimes as text."""
    return json.loads(unquote(policy)) if isinstance(policy, str) else policy
