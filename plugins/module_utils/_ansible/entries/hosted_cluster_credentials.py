# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module hosted_cluster_credentials. Private to hypershift.core."""

from __future__ import annotations

from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._ansible.edge import Entry
from ansible_collections.hypershift.core.plugins.module_utils._ansible.files import write_private_file
from ansible_collections.hypershift.core.plugins.module_utils._ansible.specs import AUTH, IDENTITY, full
from ansible_collections.hypershift.core.plugins.module_utils._kube import foreign_kubeconfig
from ansible_collections.hypershift.core.plugins.module_utils._kube.hub import KubeHub
from ansible_collections.hypershift.core.plugins.module_utils._operations.credentials import Credentials

_OPTIONS: dict[str, Any] = {
    "kubeconfig_dest": {"type": "path"},
    "password_dest": {"type": "path", "no_log": False},
    "return_content": {"type": "bool", "default": False},
    "custom_dns": {"type": "bool", "default": False},
    "verify": {"type": "bool", "default": False},
}

ENTRY = Entry(
    name="hosted_cluster_credentials",
    spec=full(AUTH, IDENTITY, _OPTIONS),
    operation=lambda hub, params, check: Credentials(
        hub, params, write_private_file, foreign_kubeconfig.parsed, KubeHub.from_kubeconfig, check
    ),
    constraints={"required_one_of": [["kubeconfig_dest", "password_dest", "return_content"]]},
    secret_result="return_content",
)
