# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""ManagedCluster: a hosted cluster as the multicluster engine sees it."""

from __future__ import annotations

from .crd import AGE, Column, Definition, condition_column
from .schema import Schema, array, boolean, enum, integer, mapping, moment, obj, quantity, required, text
from .shared import LABEL_KEY_PATTERN, conditions


def _spec() -> Schema:
    client = {"caBundle": text(format="byte"), "url": required(text())}
    taint = {
        "effect": required(enum("NoSelect", "PreferNoSelect", "NoSelectIfNew")),
        "key": required(text(max=316, pattern=LABEL_KEY_PATTERN)),
        "timeAdded": moment(nullable=True),
        "value": text(max=1024),
    }
    return obj(
        {
            "hubAcceptsClient": boolean(),
            "leaseDurationSeconds": integer(default=60),
            "managedClusterClientConfigs": array(obj(client)),
            "taints": array(obj(taint)),
        }
    )


def _status() -> Schema:
    namespace = {
        "clusterSet": required(text()),
        "conditions": conditions(),
        "name": required(text(max=63, pattern="^[a-z0-9]([-a-z0-9]*[a-z0-9])?$")),
    }
    return obj(
        {
            "allocatable": mapping(quantity()),
            "capacity": mapping(quantity()),
            "clusterClaims": array(obj({"name": text(min=1, max=253), "value": text(min=1, max=1024)})),
            "conditions": conditions(),
            "managedNamespaces": array(obj(namespace), keys=["clusterSet", "name"]),
            "version": obj({"kubernetes": text()}),
        }
    )


MANAGED_CLUSTER = Definition(
    group="cluster.open-cluster-management.io",
    version="v1",
    kind="ManagedCluster",
    plural="managedclusters",
    short_names=["mcl", "mcls"],
    namespaced=False,
    columns=[
        Column("Hub Accepted", ".spec.hubAcceptsClient", "boolean"),
        Column("Managed Cluster URLs", ".spec.managedClusterClientConfigs[*].url"),
        condition_column("Joined", "ManagedClusterJoined"),
        condition_column("Available", "ManagedClusterConditionAvailable"),
        AGE,
    ],
    spec=_spec(),
    status=_status(),
)
