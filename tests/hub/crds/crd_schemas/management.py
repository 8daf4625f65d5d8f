# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What a preflight of a management cluster looks at: the multicluster engine, and MetalLB's pools of addresses."""

from __future__ import annotations

from .crd import AGE, Column, Definition
from .schema import Schema, array, boolean, long, mapping, moment, obj, open_object, required, text, texts

_STATE = {"lastTransitionTime": moment(), "message": text(), "reason": text(), "status": text(), "type": text()}


def _spec() -> Schema:
    component = {"configOverrides": open_object(), "enabled": required(boolean()), "name": required(text())}
    overrides = {
        "components": array(obj(component), keys=["name"]),
        "imagePullPolicy": text(),
        "infrastructureCustomNamespace": text(),
    }
    return obj(
        {
            "availabilityConfig": text(),
            "imagePullSecret": text(),
            "localClusterName": text(default="local-cluster"),
            "nodeSelector": mapping(text()),
            "overrides": obj(overrides),
            "targetNamespace": text(),
        },
        open=True,
    )


def _status() -> Schema:
    condition = {**{k: required(v) if k != "lastTransitionTime" else v for k, v in _STATE.items()}, "lastUpdateTime": moment()}
    return obj(
        {
            "components": array(obj({**_STATE, "kind": text(), "name": text()})),
            "conditions": array(obj(condition)),
            "currentVersion": text(),
            "desiredVersion": text(),
            "phase": text(),
        }
    )


MULTICLUSTER_ENGINE = Definition(
    group="multicluster.openshift.io",
    version="v1",
    kind="MultiClusterEngine",
    plural="multiclusterengines",
    short_names=["mce"],
    namespaced=False,
    columns=[
        Column("Status", ".status.phase"),
        AGE,
        Column("CurrentVersion", ".status.currentVersion"),
        Column("DesiredVersion", ".status.desiredVersion"),
    ],
    spec=_spec(),
    status=_status(),
)

IP_ADDRESS_POOL = Definition(
    group="metallb.io",
    version="v1beta1",
    kind="IPAddressPool",
    plural="ipaddresspools",
    columns=[Column("Auto Assign", ".spec.autoAssign", "boolean"), Column("Addresses", ".spec.addresses")],
    spec=required(
        obj(
            {
                "addresses": required(texts()),
                "autoAssign": boolean(default=True),
                "avoidBuggyIPs": boolean(default=False),
                "serviceAllocation": open_object(),
            }
        )
    ),
    status=obj({f"{state}IPv{family}": required(long()) for state in ("assigned", "available") for family in (4, 6)}),
)
