# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module hosted_cluster. Private to hypershift.core."""

from __future__ import annotations

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.hosted_cluster_spec import HOSTED_CLUSTER_OPTIONS
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, GUARDS, IDENTITY, METADATA, STATE, WAIT, full
from ansible_collections.hypershift.core.plugins.module_utils._operations.hosted_cluster import HostedClusterPresent
from ansible_collections.hypershift.core.plugins.module_utils._operations.hosted_cluster_absent import HostedClusterAbsent

ENTRY = Entry(
    name="hosted_cluster",
    spec=full(AUTH, IDENTITY, STATE, HOSTED_CLUSTER_OPTIONS, METADATA, GUARDS, WAIT),
    operation=lambda hub, params, _check: (HostedClusterAbsent if params["state"] == "absent" else HostedClusterPresent)(hub, params),
    constraints={"mutually_exclusive": [["services", "service_publishing"]]},
)
