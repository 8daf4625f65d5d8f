# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""HostedCluster, and the HostedControlPlane that is made from it."""

from __future__ import annotations

from . import cluster_parts as parts
from . import statuses
from .configuration import configuration
from .crd import Column, Definition, condition_column
from .operator_configuration import operator_configuration
from .platforms import AZURE_RULES, hosted_cluster_platform
from .schema import Rule, Schema, enum, immutable, mapping, obj, present, required, rule, text
from .shared import DNS_LABEL, DOMAIN, PAUSED_UNTIL, URL, local_reference, release, secret_key, tolerations

_GROUP = "hypershift.openshift.io"
_DEFAULT_ETCD = {"managementType": "Managed", "managed": {"storage": {"type": "PersistentVolume", "persistentVolume": {"size": "8Gi"}}}}
_DEFAULT_NETWORKING = {
    "networkType": "OVNKubernetes",
    "clusterNetwork": [{"cidr": "10.132.0.0/14"}],
    "serviceNetwork": [{"cidr": "172.31.0.0/16"}],
}
_UUID = "[a-fA-F0-9]{8}(-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}"

_ENOUGH_SERVICES = rule(
    "size(self.services) >= (self.platform.type == 'IBMCloud' ? 3 : 4)", "services needs 4 entries or more, 3 or more on IBMCloud"
)
_MULTI_NETWORK = rule(
    "!self.?operatorConfiguration.?clusterNetworkOperator.?disableMultiNetwork.orValue(false) || self.networking.networkType == 'Other'",
    "disableMultiNetwork needs networkType Other",
)
_CERTIFICATES = "self.configuration.apiServer.servingCerts.namedCertificates"
_CERTIFICATE_NAMES = rule(
    f"""!{present(_CERTIFICATES)} || self.services.all(s, s.service != 'APIServer' || !has(s.servicePublishingStrategy.loadBalancer)
    || !{_CERTIFICATES}.exists(certificate,
    has(certificate.names) && certificate.names.exists(name, name == s.servicePublishingStrategy.loadBalancer.hostname)))""",
    "the host name of the API server's load balancer cannot be in namedCertificates",
)
_ENCRYPTION_KEPT = rule("has(self.secretEncryption) || !has(oldSelf.secretEncryption)", "secretEncryption cannot be removed once it is set")


def _kept(name: str) -> Rule:
    return rule(f"!oldSelf.?spec.?{name}.hasValue() || self.?spec.?{name}.hasValue()", f"{name} cannot be removed once it is set")


def _common() -> dict[str, Schema]:
    """What both kinds have, with the same rules."""
    return {
        "additionalTrustBundle": local_reference(),
        "auditWebhook": local_reference(),
        "autoNode": parts.auto_node(),
        "autoscaling": parts.autoscaling(),
        "capabilities": parts.capabilities(),
        "configuration": configuration(),
        "controllerAvailabilityPolicy": parts.availability("controllerAvailabilityPolicy", "HighlyAvailable", fixed=True),
        "imageContentSources": parts.image_content_sources(),
        "infrastructureAvailabilityPolicy": parts.availability("infrastructureAvailabilityPolicy", "SingleReplica", fixed=False),
        "kubeAPIServerDNSName": text(max=253, rules=[DOMAIN]),
        "labels": parts.labels(),
        "monitoring": parts.monitoring(),
        "operatorConfiguration": operator_configuration(),
        "platform": required(hosted_cluster_platform()),
        "pullSecret": required(local_reference()),
        "secretEncryption": parts.secret_encryption(),
        "serviceAccountSigningKey": local_reference(),
        "services": required(parts.services()),
        "tolerations": tolerations(max=25),
    }


_SPEC_RULES = [
    _ENOUGH_SERVICES,
    rule("self.platform.type == 'IBMCloud' || self.services == oldSelf.services", "services cannot be changed once they are set"),
    *AZURE_RULES,
    _CERTIFICATE_NAMES,
    _MULTI_NETWORK,
    rule(
        "!self.?operatorConfiguration.?clusterNetworkOperator.?ovnKubernetesConfig.hasValue()"
        " || self.networking.networkType == 'OVNKubernetes'",
        "ovnKubernetesConfig needs networkType OVNKubernetes",
    ),
    _ENCRYPTION_KEPT,
]


def _hosted_cluster_spec() -> Schema:
    placement = enum("management", "guest", default="management", rules=[immutable("olmCatalogPlacement")])
    cluster_id = rule(f"self.matches('{_UUID}')", "clusterID is a UUID")
    return obj(
        {
            **_common(),
            "channel": text(min=1, max=100),
            "clusterID": text(min=36, max=36, rules=[cluster_id, immutable("clusterID")]),
            "controlPlaneRelease": release(),
            "dns": parts.dns(),
            "etcd": required(parts.etcd(default=_DEFAULT_ETCD)),
            "fips": parts.fips(fixed=True),
            "infraID": text(min=1, max=253, rules=[DNS_LABEL, immutable("infraID")]),
            "issuerURL": text(max=255, default="https://kubernetes.default.svc", rules=[URL, immutable("issuerURL")]),
            "networking": required(parts.networking(default=_DEFAULT_NETWORKING)),
            "nodeSelector": mapping(text(), rules=[rule("size(self) <= 20", "nodeSelector can have 20 entries")]),
            "olmCatalogPlacement": placement,
            "pausedUntil": text(min=4, max=35, rules=[PAUSED_UNTIL]),
            "release": required(release()),
            "sshKey": local_reference(),
            "updateService": text(rules=[URL]),
        },
        rules=_SPEC_RULES,
    )


def _hosted_control_plane_spec() -> Schema:
    """The operator's own copy: what was checked before is not checked again."""
    return obj(
        {
            **_common(),
            "channel": text(max=255),
            "clusterID": text(max=255),
            "controlPlaneReleaseImage": text(max=255),
            "dns": required(parts.dns()),
            "etcd": required(parts.etcd()),
            "fips": parts.fips(fixed=False),
            "infraID": required(text(max=255)),
            "issuerURL": required(text(max=255)),
            "kubeconfig": secret_key(),
            "networking": parts.networking(),
            "nodeSelector": mapping(text()),
            "olmCatalogPlacement": enum("management", "guest", default="management"),
            "pausedUntil": text(max=255),
            "releaseImage": required(text(max=255)),
            "sshKey": required(local_reference()),
            "updateService": text(),
        },
        rules=[_ENOUGH_SERVICES, _MULTI_NETWORK, _ENCRYPTION_KEPT],
    )


_HISTORY = ".status.version.history"
_COLUMNS = [
    Column("Version", f'{_HISTORY}[?(@.state=="Completed")].version'),
    Column("CP Version", '.status.controlPlaneVersion.history[?(@.state=="Completed")].version'),
    Column("KubeConfig", ".status.kubeconfig.name"),
    Column("Progress", f'{_HISTORY}[?(@.state!="")].state'),
    condition_column("Available", "Available"),
    condition_column("Progressing", "Progressing"),
    condition_column("Message", "Available", "message"),
    Column("CP Progress", ".status.controlPlaneVersion.history[0].state", priority=1),
    Column("DP Progress", f"{_HISTORY}[0].state", priority=1),
]

HOSTED_CLUSTER = Definition(
    group=_GROUP,
    version="v1beta1",
    kind="HostedCluster",
    plural="hostedclusters",
    short_names=["hc", "hcs"],
    columns=_COLUMNS,
    rules=[_kept("infraID"), _kept("clusterID")],
    spec=_hosted_cluster_spec(),
    status=statuses.hosted_cluster(),
)
HOSTED_CONTROL_PLANE = Definition(
    group=_GROUP,
    version="v1beta1",
    kind="HostedControlPlane",
    plural="hostedcontrolplanes",
    short_names=["hcp", "hcps"],
    categories=["cluster-api"],
    spec=_hosted_control_plane_spec(),
    status=statuses.hosted_control_plane(),
)
