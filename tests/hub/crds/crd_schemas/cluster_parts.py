# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The parts of a HostedCluster's spec that its HostedControlPlane takes over as they are."""

from __future__ import annotations

from .schema import (
    Schema,
    array,
    boolean,
    enum,
    immutable,
    integer,
    mapping,
    matches,
    matching,
    obj,
    quantity,
    required,
    rule,
    text,
)
from .shared import CIDR, DOMAIN, HOST_NAME, IPV4, QUALIFIED_NAME, aws_tags, cidr, local_reference

__all__ = ["autoscaling", "aws_tags", "capabilities", "dns", "etcd", "monitoring", "networking", "services"]

_CAPABILITIES = ("ImageRegistry", "openshift-samples", "Insights", "baremetal", "Console", "NodeTuning", "Ingress")


def autoscaling() -> Schema:
    labels = array(
        text(max=317),
        max=64,
        rules=[rule(f"self.all(label, {matching(QUALIFIED_NAME).replace('self', 'label', 1)})", "balancingIgnoredLabels takes label keys")],
    )
    names = ("delayAfterAddSeconds", "delayAfterDeleteSeconds", "delayAfterFailureSeconds", "unneededDurationSeconds")
    scale_down = {name: integer(0, 86400) for name in names} | {"utilizationThresholdPercent": integer(0, 100)}
    return obj(
        {
            "balancingIgnoredLabels": labels,
            "expanders": array(enum("LeastWaste", "Priority", "Random"), min=1, max=3),
            "maxFreeDifferenceRatioPercent": integer(0, 100),
            "maxNodeProvisionTime": text(max=100, pattern=r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h))+$"),
            "maxNodesTotal": integer(0),
            "maxPodGracePeriod": integer(0),
            "podPriorityThreshold": integer(),
            "scaleDown": obj(scale_down),
            "scaling": enum("ScaleUpOnly", "ScaleUpAndScaleDown", default="ScaleUpAndScaleDown"),
        },
        rules=[rule("!has(self.scaleDown) || self.scaling == 'ScaleUpAndScaleDown'", "scaleDown needs scaling ScaleUpAndScaleDown")],
    )


def auto_node() -> Schema:
    role = text(max=2048, rules=[matches(r"^arn:aws(-cn|-us-gov)?:iam::\d{12}:role/.+$", "the ARN of an AWS role is needed")])
    karpenter = obj(
        {"platform": required(enum("AWS", max=100)), "aws": obj({"roleARN": required(role)})},
        rules=[rule("has(self.aws) == (self.platform == 'AWS')", "aws goes with platform AWS and with no other")],
    )
    provisioner = obj(
        {"name": required(enum("Karpenter")), "karpenter": karpenter},
        rules=[rule("has(self.karpenter) == (self.name == 'Karpenter')", "karpenter goes with name Karpenter and with no other")],
    )
    return obj({"provisionerConfig": required(provisioner)})


def capabilities() -> Schema:
    def names(field: str, *more: dict[str, str]) -> Schema:
        return array(enum(*_CAPABILITIES), max=25, kind="atomic", rules=[immutable(f"capabilities.{field}"), *more])

    console = rule("!('Ingress' in self) || 'Console' in self", "Ingress can be disabled only together with Console")
    disjoint = rule(
        "!(has(self.enabled) && has(self.disabled)) || self.enabled.all(one, !(one in self.disabled))",
        "a capability is either enabled or disabled, not both",
    )
    fields = {"enabled": names("enabled"), "disabled": names("disabled", console)}
    return obj(fields, default={}, rules=[immutable("capabilities"), disjoint])


def dns() -> Schema:
    base_domain = [DOMAIN, rule("oldSelf == '' || self == oldSelf", "baseDomain cannot be changed once it is set")]
    return obj(
        {
            "baseDomain": required(text(max=253, rules=base_domain)),
            "baseDomainPrefix": text(max=253, rules=[DOMAIN, immutable("baseDomainPrefix")]),
            "privateZoneID": text(min=1, max=265, rules=[immutable("privateZoneID")]),
            "publicZoneID": text(min=1, max=258, rules=[immutable("publicZoneID")]),
        }
    )


def etcd(**options: object) -> Schema:
    client_secret = {"clientSecret": required(local_reference())}
    unmanaged = {"endpoint": required(text(max=255, pattern="^https://")), "tls": required(obj(client_secret))}
    return obj(
        {
            "managementType": required(enum("Managed", "Unmanaged", rules=[immutable("managementType")])),
            "managed": obj({"storage": required(_etcd_storage())}),
            "unmanaged": obj(unmanaged),
        },
        rules=[
            rule("has(self.managed) == (self.managementType == 'Managed')", "managed goes with managementType Managed and with no other"),
            rule(
                "has(self.unmanaged) == (self.managementType == 'Unmanaged')",
                "unmanaged goes with managementType Unmanaged and with no other",
            ),
        ],
        **options,  # type: ignore[arg-type]
    )


def _etcd_storage() -> Schema:
    snapshot = array(
        text(max=1024),
        max=1,
        kind="set",
        rules=[
            immutable("restoreSnapshotURL"),
            rule(f"self.all(address, {matching('^(https|s3)://').replace('self', 'address', 1)})", "a URL with https or s3 is needed"),
        ],
    )
    volume = {
        "size": quantity(default="8Gi", rules=[immutable("the size of etcd's volume")]),
        "storageClassName": text(max=255, rules=[immutable("storageClassName")]),
    }
    return obj(
        {"type": required(enum("PersistentVolume")), "persistentVolume": obj(volume), "restoreSnapshotURL": snapshot},
        rules=[
            rule(
                "has(self.restoreSnapshotURL) == has(oldSelf.restoreSnapshotURL)",
                "restoreSnapshotURL is for the creation of a cluster: it can neither be added nor removed later",
            )
        ],
    )


def monitoring() -> Schema:
    def metrics_set() -> Schema:
        return enum("Telemetry", "SRE", "All")

    forwarding = obj({"mode": required(enum("Forward", "None")), "metricsSet": metrics_set()})
    return obj({"metricsForwarding": forwarding, "metricsSet": metrics_set()}, min_properties=1)


_DIFFERENT_RANGES = [
    rule(
        "self.clusterNetwork.all(c, !self.serviceNetwork.exists(s, s.cidr == c.cidr))",
        "clusterNetwork and serviceNetwork must have different CIDRs",
    ),
    rule(
        "!has(self.machineNetwork) || self.machineNetwork.all(m, !self.clusterNetwork.exists(c, c.cidr == m.cidr)"
        " && !self.serviceNetwork.exists(s, s.cidr == m.cidr))",
        "machineNetwork must have other CIDRs than clusterNetwork and serviceNetwork",
    ),
]


def networking(**options: object) -> Schema:
    def ranges(name: str, default: str | None = None, **more: Schema) -> Schema:
        node = array(obj({"cidr": required(cidr()), **more}), min=1, max=2, rules=[immutable(name)])
        return node if default is None else node | {"default": [{"cidr": default}]}

    node_ranges = rule(
        "self.?allocateNodeCIDRs.orValue('') != 'Enabled' || self.networkType == 'Other'", "allocateNodeCIDRs needs networkType Other"
    )
    return obj(
        {
            "allocateNodeCIDRs": enum("Enabled", "Disabled", rules=[immutable("allocateNodeCIDRs")]),
            "apiServer": obj(
                {
                    "advertiseAddress": text(max=255, rules=[immutable("advertiseAddress")]),
                    "allowedCIDRBlocks": array(text(max=43, rules=[CIDR]), max=500, kind="set"),
                    "port": integer(rules=[immutable("port")]),
                }
            ),
            "clusterNetwork": ranges("clusterNetwork", "10.132.0.0/14", hostPrefix=integer()),
            "machineNetwork": ranges("machineNetwork"),
            "networkType": enum("OpenShiftSDN", "Calico", "OVNKubernetes", "Other", default="OVNKubernetes"),
            "serviceNetwork": ranges("serviceNetwork", "172.31.0.0/16"),
        },
        rules=[*_DIFFERENT_RANGES, node_ranges],
        **options,  # type: ignore[arg-type]
    )


def services() -> Schema:
    # The platform takes any four numbers for an IPv4 address.
    loose = rf"^(localhost|([a-zA-Z0-9][-a-zA-Z0-9]*\.)+[a-zA-Z]{{2,}}|{IPV4})$"
    address = rule(f"isIP(self) || {matching(loose)}", "address takes a host name with its domain or an IP address")
    host = {"hostname": text(min=1, max=253, rules=[HOST_NAME])}
    strategy = obj(
        {
            "type": required(enum("LoadBalancer", "NodePort", "Route", "None", "S3")),
            "loadBalancer": obj(host),
            "nodePort": obj({"address": required(text(min=1, max=253, rules=[address])), "port": integer()}),
            "route": obj(host),
        },
        rules=[
            rule("has(self.nodePort) == (self.type == 'NodePort')", "nodePort goes with type NodePort and with no other"),
            rule("!has(self.route) || self.type == 'Route'", "route goes with type Route only"),
            rule("!has(self.loadBalancer) || self.type == 'LoadBalancer'", "loadBalancer goes with type LoadBalancer only"),
        ],
    )
    names = enum("APIServer", "OAuthServer", "OIDC", "Konnectivity", "Ignition", "OVNSbDb")
    return array(obj({"service": required(names), "servicePublishingStrategy": required(strategy)}), max=6)


def secret_encryption() -> Schema:
    aws_key = obj({"arn": required(text(min=1, max=2048, rules=[rule("self.startsWith('arn:')", "an ARN is needed")]))})
    aws = {
        "activeKey": required(aws_key),
        "auth": required(obj({"awsKms": required(text(max=2048))})),
        "backupKey": aws_key,
        "region": required(text(max=255)),
    }
    kms = {
        "provider": required(enum("IBMCloud", "AWS", "Azure")),
        "aws": obj(aws),
        "azure": obj(open=True),
        "ibmcloud": obj(open=True),
    }
    return obj(
        {
            "type": required(enum("kms", "aescbc")),
            "aescbc": obj({"activeKey": required(local_reference()), "backupKey": local_reference()}),
            "kms": obj(kms),
        }
    )


def image_content_sources() -> Schema:
    fields = {"source": required(text(max=255)), "mirrors": array(text(max=255), max=255, kind="set")}
    return array(obj(fields), max=255)


def availability(name: str, default: str, fixed: bool) -> Schema:
    return enum("HighlyAvailable", "SingleReplica", default=default, rules=[immutable(name)] if fixed else [])


def fips(fixed: bool) -> Schema:
    return boolean(rules=[immutable("fips")] if fixed else [])


def labels() -> Schema:
    return mapping(text(), max=20)
