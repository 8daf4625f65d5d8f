# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The platform blocks of a HostedCluster, and the few rules that hold for one platform alone."""

from __future__ import annotations

from .schema import Schema, array, boolean, enum, immutable, obj, open_object, required, rule, text
from .shared import aws_resource, aws_tags, local_reference, secret_key

PLATFORM_TYPES = ("AWS", "Azure", "IBMCloud", "KubeVirt", "Agent", "PowerVS", "None")

_ROLE_ARN = r"^arn:(aws|aws-cn|aws-us-gov):iam::[0-9]{12}:role\/.*$"
_ROLES = (
    *("controlPlaneOperatorARN", "imageRegistryARN", "ingressARN", "kubeCloudControllerARN"),
    *("networkARN", "nodePoolManagementARN", "storageARN"),
)


def _short_text() -> Schema:
    return text(max=255)


def _shared_vpc() -> Schema:
    roles = {name: required(text(max=2048, pattern=_ROLE_ARN)) for name in ("controlPlaneARN", "ingressARN")}
    return obj({"localZoneID": required(text(max=32)), "rolesRef": required(obj(roles))})


def _aws() -> Schema:
    network = {"subnet": aws_resource(), "vpc": required(_short_text()), "zone": _short_text()}
    endpoint = {"name": required(_short_text()), "url": required(text(max=2048, pattern="^https://"))}
    return obj(
        {
            "additionalAllowedPrincipals": array(_short_text(), max=25),
            "cloudProviderConfig": obj(network),
            "endpointAccess": enum("Public", "PublicAndPrivate", "Private", default="Public"),
            "multiArch": boolean(default=False),
            "region": required(_short_text()),
            "resourceTags": aws_tags(overridePolicy=enum("Allow", "Deny")),
            "rolesRef": required(obj({name: required(text(max=2048)) for name in _ROLES})),
            "serviceEndpoints": array(obj(endpoint), max=50),
            "sharedVPC": _shared_vpc(),
            "terminationHandlerQueueURL": text(
                max=512, pattern=r"^https://sqs\.[a-z0-9-]+\.amazonaws\.com/[0-9]{12}/[a-zA-Z0-9_-]+(\.fifo)?$"
            ),
        }
    )


def kubevirt_credentials() -> Schema:
    """Access to the cluster that runs the virtual machines, when it is not the management cluster."""
    secret = secret_key() | {"x-kubernetes-validations": [immutable("infraKubeConfigSecret")]}
    namespace = text(max=255, rules=[immutable("infraNamespace")])
    return obj({"infraKubeConfigSecret": secret, "infraNamespace": required(namespace)})


def _class_mapping(kind: str) -> Schema:
    fields = {"group": _short_text()} | {f"{side}{kind}ClassName": required(_short_text()) for side in ("guest", "infra")}
    name = "storageClassMapping" if kind == "Storage" else "volumeSnapshotClassMapping"
    return array(obj(fields), max=50, rules=[immutable(name)])


def _storage_driver() -> Schema:
    manual = {"storageClassMapping": _class_mapping("Storage"), "volumeSnapshotClassMapping": _class_mapping("VolumeSnapshot")}
    return obj(
        {
            "type": enum("None", "Default", "Manual", default="Default", rules=[immutable("storageDriver.type")]),
            "manual": obj(manual, rules=[immutable("storageDriver.manual")]),
        },
        rules=[immutable("storageDriver")],
    )


def _kubevirt() -> Schema:
    return obj(
        {
            "baseDomainPassthrough": boolean(rules=[immutable("baseDomainPassthrough")]),
            "credentials": kubevirt_credentials(),
            "generateID": text(max=11, rules=[immutable("generateID")]),
            "storageDriver": _storage_driver(),
        },
        rules=[rule("has(self.generateID) || !has(oldSelf.generateID)", "generateID cannot be removed once it is set")],
    )


def _azure() -> Schema:
    """Only what the rules about services look at."""
    identities = required(enum("ManagedIdentities", "WorkloadIdentities"))
    return open_object({"azureAuthenticationConfig": required(open_object({"azureAuthenticationConfigType": identities}))})


def _powervs() -> Schema:
    credentials = (
        *("imageRegistryOperatorCloudCreds", "ingressOperatorCloudCreds", "kubeCloudControllerCreds"),
        *("nodePoolManagementCreds", "storageOperatorCloudCreds"),
    )
    plain = ("accountID", "region", "resourceGroup", "serviceInstanceID", "zone")
    network = {"name": required(_short_text()), "region": required(_short_text()), "subnet": _short_text(), "zone": _short_text()}
    return obj(
        {name: required(local_reference()) for name in credentials}
        | {name: required(_short_text()) for name in plain}
        | {
            "cisInstanceCRN": required(text(max=255, pattern="^crn:")),
            "subnet": required(obj({"id": _short_text(), "name": _short_text()})),
            "vpc": required(obj(network)),
        }
    )


def platform_type() -> Schema:
    return enum(*PLATFORM_TYPES, max=100, rules=[immutable("platform.type")])


def hosted_cluster_platform() -> Schema:
    return obj(
        {
            "type": required(platform_type()),
            "agent": obj({"agentNamespace": required(text(max=63))}),
            "aws": _aws(),
            "azure": _azure(),
            "ibmcloud": obj({"providerType": text()}),
            "kubevirt": _kubevirt(),
            "powervs": _powervs(),
        }
    )


_OAUTH_BY_LOAD_BALANCER = (
    "self.platform.?azure.azureAuthenticationConfig.azureAuthenticationConfigType.orValue('') == 'WorkloadIdentities'"
    " && s.servicePublishingStrategy.type == 'LoadBalancer'"
)


def _azure_service(service: str, also: str = "false") -> str:
    published = f"s.servicePublishingStrategy.type == 'Route' || {also}"
    return f"self.platform.type != 'Azure' || self.services.exists(s, s.service == '{service}' && ({published}))"


AZURE_RULES = [
    rule(_azure_service("OAuthServer", _OAUTH_BY_LOAD_BALANCER), "on Azure, services must publish OAuthServer by Route"),
    rule(_azure_service("Konnectivity"), "on Azure, services must publish Konnectivity by Route"),
    rule(_azure_service("Ignition"), "on Azure, services must publish Ignition by Route"),
]
