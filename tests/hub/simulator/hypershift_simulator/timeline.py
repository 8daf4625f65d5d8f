# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How long things take, in simulated seconds. A create is available after about 5 minutes, an update takes about 20."""

from __future__ import annotations

# Between a change of the spec and the operator's first look: observedGeneration lags, as in life.
REACTION = 3

INSTALL = {
    "control-plane-operator": 15,
    "cluster-api": 15,
    "capi-provider": 15,
    "etcd": 60,
    "featuregate-generator": 10,
    "kube-apiserver": 50,
    "openshift-apiserver": 35,
    "ignition-server": 60,
}
INSTALL_OTHER = 45
INFRASTRUCTURE = 40

UPGRADE = {
    "control-plane-operator": 60,
    "cluster-api": 60,
    "capi-provider": 60,
    "etcd": 150,
    "featuregate-generator": 20,
    "kube-apiserver": 200,
    "openshift-apiserver": 120,
    "ignition-server": 90,
}
UPGRADE_OTHER = 120

# The hosted ClusterVersion: its first sync needs a worker; an update works through the payload.
OPERATORS_INSTALL = 150
OPERATORS_UPGRADE = 420
OPERATORS = 33

PAYLOAD = 8
MACHINE_PROVISIONING = 20
MACHINE_PROVISIONED = 90
NODE_JOIN = 90
DRAIN = 20
INSTANCE_DELETE = 15
NODE_UPDATE = 45

FLAP = 30

DELETE_STEP = 10
CLOUD_CLEANUP = 30
CLOUD_CLEANUP_LIMIT = 600
ENDPOINT_SERVICE_GRACE = 600


def rollout(component: str, upgrade: bool) -> int:
    if upgrade:
        return UPGRADE.get(component, UPGRADE_OTHER)
    return INSTALL.get(component, INSTALL_OTHER)
