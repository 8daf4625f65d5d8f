# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""NodePool."""

from __future__ import annotations

from .crd import Column, Definition, condition_column
from .node_pool_platforms import node_pool_platform
from .platforms import kubevirt_credentials
from .schema import Schema, array, boolean, enum, immutable, int_or_text, integer, long, mapping, matches, moment, obj, required, rule, text
from .shared import DNS_LABEL, PAUSED_UNTIL, QUALIFIED_NAME, local_reference, release


def _management() -> Schema:
    rolling = obj({"maxSurge": int_or_text(), "maxUnavailable": int_or_text()})
    replace = obj(
        {"rollingUpdate": rolling, "strategy": enum("RollingUpdate", "OnDelete")},
        default={"strategy": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
        rules=[
            rule(
                "!has(self.rollingUpdate) || self.?strategy.orValue('') == 'RollingUpdate'",
                "rollingUpdate goes with strategy RollingUpdate only",
            )
        ],
    )
    return obj(
        {
            "autoRepair": boolean(default=False),
            "inPlace": obj({"maxUnavailable": int_or_text()}),
            "replace": replace,
            "upgradeType": required(enum("Replace", "InPlace", rules=[immutable("upgradeType")])),
        },
        rules=[rule("!has(self.inPlace) || self.upgradeType == 'InPlace'", "inPlace goes with upgradeType InPlace only")],
    )


def _taints() -> Schema:
    key = matches(QUALIFIED_NAME, "key is a label key, like example.com/name")
    value = matches("^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$", "value is a label value")
    return array(
        obj(
            {
                "effect": required(enum("NoSchedule", "PreferNoSchedule", "NoExecute")),
                "key": required(text(min=1, max=253, rules=[key])),
                "value": text(max=253, rules=[value]),
            }
        ),
        max=50,
    )


_SPEC_RULES = [
    rule(
        "self.arch != 'arm64' || self.platform.type == 'None'"
        " || has(self.platform.aws) || has(self.platform.azure) || has(self.platform.agent)",
        "arch arm64 is possible on AWS, Azure, Agent and None only",
    ),
    rule("self.arch != 's390x' || has(self.platform.kubevirt)", "arch s390x is possible on KubeVirt only"),
    rule("!(has(self.replicas) && has(self.autoScaling))", "set replicas or autoScaling, not both"),
    rule("self.?platform.?aws.?imageType.orValue('') != 'Windows' || self.arch == 'amd64'", "imageType Windows needs arch amd64"),
    rule(
        "!has(self.autoScaling) || self.autoScaling.min > 0 || self.platform.type in ['AWS', 'Azure']",
        "autoScaling from min 0 is possible on AWS and Azure only",
    ),
]


def _spec() -> Schema:
    bounds = rule("self.min <= self.max", "max must not be smaller than min")
    return obj(
        {
            "arch": enum("arm64", "amd64", "ppc64le", "s390x", default="amd64", rules=[immutable("arch")]),
            "autoScaling": obj({"min": required(integer(0)), "max": required(integer(1))}, rules=[bounds]),
            "clusterName": required(text(min=1, max=253, rules=[DNS_LABEL, immutable("clusterName")])),
            "config": array(local_reference(), max=10),
            "management": required(_management()),
            "nodeDrainTimeout": text(),
            "nodeLabels": mapping(text()),
            "nodeVolumeDetachTimeout": text(),
            "pausedUntil": text(min=1, max=35, rules=[PAUSED_UNTIL]),
            "platform": required(node_pool_platform()),
            "release": required(release()),
            "replicas": integer(),
            "taints": _taints(),
            "tuningConfig": array(local_reference(), max=10),
        },
        rules=_SPEC_RULES,
    )


def _conditions() -> Schema:
    """The node pool's own type: only type, status and time are needed."""
    fields = {
        "type": required(text(max=316)),
        "status": required(text()),
        "severity": text(max=1024),
        "reason": text(max=1024),
        "message": text(max=32768),
        "observedGeneration": long(0),
        "lastTransitionTime": required(moment()),
    }
    return array(obj(fields), max=100)


def _status() -> Schema:
    def version(prefix: str) -> Schema:
        return required(text(min=1, max=64, rules=[matches(rf"^{prefix}\d+\.\d+\.\d+", "a version starts with three numbers")]))

    node = {
        "kubeletVersion": version("v?"),
        "ocpVersion": version(""),
        "readyNodeCount": required(integer(0)),
        "unreadyNodeCount": required(integer(0)),
    }
    kubevirt = {"cacheName": text(max=255), "credentials": kubevirt_credentials()}
    return obj(
        {
            "conditions": _conditions(),
            "nodesInfo": obj({"nodeVersions": required(array(obj(node), min=1, max=100, kind="atomic"))}),
            "platform": obj({"kubeVirt": obj(kubevirt)}),
            "replicas": integer(),
            "version": text(max=64),
        }
    )


NODE_POOL = Definition(
    group="hypershift.openshift.io",
    version="v1beta1",
    kind="NodePool",
    plural="nodepools",
    short_names=["np", "nps"],
    scale={"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
    columns=[
        Column("Cluster", ".spec.clusterName"),
        Column("Desired Nodes", ".spec.replicas", "integer"),
        Column("Current Nodes", ".status.replicas", "integer"),
        condition_column("Autoscaling", "AutoscalingEnabled"),
        condition_column("Autorepair", "AutorepairEnabled"),
        Column("Version", ".status.version"),
        condition_column("UpdatingVersion", "UpdatingVersion"),
        condition_column("UpdatingConfig", "UpdatingConfig"),
        condition_column("Message", "Ready", "message"),
    ],
    spec=_spec(),
    status=_status(),
)
