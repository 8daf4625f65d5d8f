# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The status of HostedCluster and HostedControlPlane."""

from __future__ import annotations

from .authentication import authentication_status
from .schema import Rule, Schema, array, boolean, enum, integer, long, matches, moment, obj, required, rule, text, texts
from .shared import conditions, local_reference, secret_key

_LARGEST_EXACT = 2**53


def _release() -> Schema:
    fields = {"version": required(text()), "image": required(text()), "url": text(), "channels": texts(kind="set")}
    return obj(fields)


def _hosted_version() -> Schema:
    """A copy of the hosted cluster's ClusterVersion status."""
    entry = {
        "state": required(text()),
        "startedTime": required(moment()),
        "completionTime": required(moment(nullable=True)),
        "version": text(),
        "image": required(text()),
        "verified": required(boolean()),
        "acceptedRisks": text(),
    }
    return obj(
        {
            "desired": required(_release()),
            "history": array(obj(entry)),
            "observedGeneration": required(long()),
            "availableUpdates": required(array(_release(), max=100, nullable=True)),
            "conditionalUpdates": array(_conditional_update(), max=100, kind="atomic"),
        }
    )


def _conditional_update() -> Schema:
    matching = {"type": required(enum("Always", "PromQL")), "promql": obj({"promql": required(text())})}
    risk = {
        "name": required(text(min=1)),
        "message": required(text(min=1)),
        "url": required(text(min=1, format="uri")),
        "matchingRules": required(array(obj(matching), min=1, kind="atomic")),
    }
    return obj(
        {
            "release": required(_release()),
            "risks": required(array(obj(risk), min=1, max=200, keys=["name"])),
            "conditions": conditions(),
        }
    )


def _control_plane_version() -> Schema:
    number = text(min=1, max=64, rules=[matches(r"^\d+\.\d+\.\d+", "a version starts with three numbers")])
    entry = {
        "state": required(enum("Completed", "Partial")),
        "startedTime": required(moment()),
        "completionTime": moment(),
        "version": required(number),
        "image": required(text(min=1, max=447)),
    }
    return obj(
        {
            "desired": required(_release()),
            "history": array(obj(entry), min=1, max=100, kind="atomic"),
            "observedGeneration": long(1, _LARGEST_EXACT),
        }
    )


_PROVIDERS = ("Azure", "AWS", "IBMCloud", "AESCBC")


def _encryption_key() -> Schema:
    secret_name = text(
        min=1,
        max=253,
        rules=[matches(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", "the name of a Secret is needed")],
    )
    long_text = required(text(min=1, max=255))
    ibm = dict.fromkeys(("correlationID", "crkID", "instanceID"), long_text) | {
        "keyVersion": required(integer(0, 2147483647, format=None)),
        "url": required(text(min=1, max=2048, rules=[rule("self.startsWith('https://')", "a URL with https is needed")])),
    }
    aescbc = {"dataHash": required(text(min=1, max=64)), "secret": required(obj({"name": required(secret_name)}))}
    aws = {"arn": required(text(min=1, max=2048, rules=[rule("self.startsWith('arn:')", "an ARN is needed")]))}
    return obj(
        {
            "provider": required(enum(*_PROVIDERS)),
            "aescbc": obj(aescbc),
            "aws": obj(aws),
            "azure": obj(dict.fromkeys(("keyName", "keyVaultName", "keyVersion"), long_text)),
            "ibmCloud": obj(ibm),
        },
        rules=[_goes_with("azure", "Azure"), _goes_with("aws", "AWS"), _goes_with("ibmCloud", "IBMCloud"), _goes_with("aescbc", "AESCBC")],
    )


def _goes_with(field: str, provider: str) -> Rule:
    return rule(f"has(self.{field}) == (self.provider == '{provider}')", f"{field} goes with provider {provider} and with no other")


def _secret_encryption() -> Schema:
    side = obj({"fingerprint": required(text(min=1, max=64)), "provider": required(enum(*_PROVIDERS))})
    entry = {
        "state": required(enum("ReadOnlyDeploy", "WritePromote", "Migrating", "Completed", "Interrupted")),
        "startedTime": required(moment()),
        "completionTime": moment(),
        "from": required(side),
        "to": required(side),
    }
    fields = {
        "activeKey": _encryption_key(),
        "targetKey": _encryption_key(),
        "history": array(obj(entry), min=1, max=5, kind="atomic"),
    }
    return obj(fields, min_properties=1)


def _common() -> dict[str, Schema]:
    auto_node = {"nodeClaimCount": integer(0), "nodeCount": integer(0), "vcpus": integer(0, 1000000)}
    return {
        "autoNode": obj(auto_node, min_properties=1),
        "conditions": conditions(max=100),
        "configuration": obj({"authentication": authentication_status()}),
        "controlPlaneEndpoint": obj({"host": required(text(max=255)), "port": required(integer())}),
        "controlPlaneVersion": _control_plane_version(),
        "kubeadminPassword": local_reference(),
        "platform": obj({"aws": obj({"defaultWorkerSecurityGroupID": text(max=255)})}),
        "secretEncryption": _secret_encryption(),
    }


def hosted_cluster() -> Schema:
    return obj(
        {
            **_common(),
            "customKubeconfig": local_reference(),
            "ignitionEndpoint": text(max=1024),
            "kubeconfig": local_reference(),
            "oauthCallbackURLTemplate": text(max=1024),
            "payloadArch": enum("Multi", "ARM64", "AMD64", "PPC64LE", "S390X"),
            "version": _hosted_version(),
        }
    )


def hosted_control_plane() -> Schema:
    return obj(
        {
            **_common(),
            "customKubeconfig": secret_key(),
            "externalManagedControlPlane": boolean(default=True),
            "initialized": required(boolean(default=False)),
            "kubeConfig": secret_key(),
            "lastReleaseImageTransitionTime": moment(),
            "nodeCount": integer(format=None),
            "oauthCallbackURLTemplate": text(max=255),
            "ready": required(boolean(default=False)),
            "releaseImage": text(max=255),
            "version": text(max=255),
            "versionStatus": _hosted_version(),
        }
    )
