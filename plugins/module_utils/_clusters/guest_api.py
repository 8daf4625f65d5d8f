# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster's own API, through the kubeconfig that it has published. Source: platform_facts#2.9."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from .._kernel.errors import Failure, HypershiftError
from .._kernel.kinds import HOSTED_CLUSTER, SECRET
from .._kernel.objects import lookup
from .._kernel.ports.hub import Hub, OpenHub

_STEP = "Wait until it is available (hosted_cluster_wait)."


def open_hosted(hub: Hub, cluster: dict[str, Any], open_hub: OpenHub) -> Hub:
    """The hosted cluster's API; whether it answers shows with the first request. Raises HypershiftError."""
    return open_hub(hosted_kubeconfig(hub, cluster))


def hosted_kubeconfig(hub: Hub, cluster: dict[str, Any]) -> bytes:
    """Content of the kubeconfig; it is administrator there. Raises HypershiftError."""
    meta = cluster["metadata"]
    ref = HOSTED_CLUSTER.ref(meta["namespace"], meta["name"])
    path, key = SOURCES["kubeconfig"]
    name = lookup(cluster, path)
    if not name:
        raise HypershiftError(Failure("kubeconfig_missing", "it has published no kubeconfig yet", ref, next_step=_STEP))
    encoded = lookup(hub.get(SECRET, meta["namespace"], str(name)), ("data", key))
    try:
        content = base64.b64decode(str(encoded or ""))
    except binascii.Error:
        content = b""
    if not content:
        cause = f"Secret {meta['namespace']}/{name} has no usable key {key}"
        raise HypershiftError(Failure("kubeconfig_missing", cause, ref, next_step=_STEP))
    return content


# What to read -> (field of the status that names the Secret, key in it).
SOURCES = {
    "kubeconfig": (("status", "kubeconfig", "name"), "kubeconfig"),
    "custom_kubeconfig": (("status", "customKubeconfig", "name"), "kubeconfig"),
    "password": (("status", "kubeadminPassword", "name"), "password"),
}
