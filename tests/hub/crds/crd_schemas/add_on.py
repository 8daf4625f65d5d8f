# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Add-ons of managed clusters: the object of one, and what it is configured with."""

from __future__ import annotations

from .crd import Definition, condition_column
from .schema import array, enum, mapping, obj, open_object, required, text
from .shared import conditions

_GROUP, _PLACE = "addon.open-cluster-management.io", "open-cluster-management-agent-addon"

MANAGED_CLUSTER_ADD_ON = Definition(
    group=_GROUP,
    version="v1alpha1",
    kind="ManagedClusterAddOn",
    plural="managedclusteraddons",
    short_names=["mca", "mcas"],
    columns=[condition_column(name, name) for name in ("Available", "Degraded", "Progressing")],
    spec=required(obj({"installNamespace": text(default=_PLACE, max=63, pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")}, open=True)),
    status=obj({"conditions": conditions(), "kubeClientDriver": enum("csr", "token"), "namespace": text()}, open=True),
)

_VARIABLE = {"name": required(text(max=255, pattern="^[a-zA-Z_][_a-zA-Z0-9]*$")), "value": text(max=1024)}
ADD_ON_DEPLOYMENT_CONFIG = Definition(
    group=_GROUP,
    version="v1alpha1",
    kind="AddOnDeploymentConfig",
    plural="addondeploymentconfigs",
    spec=required(
        obj(
            {
                "agentInstallNamespace": text(default=_PLACE, max=63, pattern="^([a-z0-9]([-a-z0-9]*[a-z0-9])?)?$"),
                "customizedVariables": array(obj(_VARIABLE), keys=["name"]),
                "nodePlacement": obj({"nodeSelector": mapping(text())}, open=True),
                "proxyConfig": open_object(),
            },
            open=True,
        )
    ),
)

ADD_ONS = [MANAGED_CLUSTER_ADD_ON, ADD_ON_DEPLOYMENT_CONFIG]
