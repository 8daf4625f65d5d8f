# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hub of its own, without simulator, for the tests of the hub itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from embedded_hub import Bind, Container, EmbeddedHub
from embedded_hub.containers import default_environment, install_programs
from embedded_hub.testing import NAMESPACE, Kubectl, until


@pytest.fixture(scope="package")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedHub]:
    one = EmbeddedHub.up("tested", simulator=False, state_root=tmp_path_factory.mktemp("hubs"))
    yield one
    one.down()


@pytest.fixture(scope="package")
def kubectl(hub: EmbeddedHub) -> Kubectl:
    return Kubectl(hub.state.binaries["kubectl"], hub.kubeconfig)


STATEFUL_SET: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "StatefulSet",
    "metadata": {"name": "web", "namespace": NAMESPACE},
    "spec": {
        "serviceName": "web",
        "replicas": 3,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {
                "priorityClassName": "hypershift-etcd",
                "initContainers": [{"name": "first", "image": "example.com/first"}],
                "containers": [{"name": "main", "image": "example.com/main"}],
                "topologySpreadConstraints": [
                    {
                        "maxSkew": 1,
                        "topologyKey": "topology.kubernetes.io/zone",
                        "whenUnsatisfiable": "DoNotSchedule",
                        "labelSelector": {"matchLabels": {"app": "web"}},
                    }
                ],
            },
        },
        "volumeClaimTemplates": [
            {
                "metadata": {"name": "data"},
                "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "8Gi"}}},
            }
        ],
    },
}


@pytest.fixture(scope="package")
def stateful_set(kubectl: Kubectl) -> str:
    """Three pods with a volume each."""
    kubectl.apply(STATEFUL_SET)
    until("the StatefulSet is ready", lambda: kubectl.get("-n", NAMESPACE, "statefulset/web")["status"].get("readyReplicas") == 3)
    return "web"


@pytest.fixture(scope="package", params=["bubblewrap", "own view"])
def pod(hub: EmbeddedHub, stateful_set: str, request: pytest.FixtureRequest) -> str:
    """web-0 with its volume at /var/lib and the programs of an image; once per way to show them."""
    programs = hub.paths.data / "programs"
    if not programs.exists():
        install_programs(programs)
    binds = [Bind(hub.volume(NAMESPACE, "data-web-0"), "/var/lib", writable=True), Bind(programs, "/usr/bin")]
    wrap = hub.container_view(binds, bubblewrap=request.param == "bubblewrap")
    log = hub.paths.logs / "web-0.txt"
    log.write_text("one\ntwo\nthree\n")
    hub.register_container(NAMESPACE, f"{stateful_set}-0", "main", Container(wrap=wrap, env=default_environment(), log=str(log)))
    return f"{stateful_set}-0"
