# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""`make demo`: the main job on a real API server with the shipped playbooks, then a kubeconfig to play with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "hub"))

from embedded_hub import EmbeddedHub  # noqa: E402

IMAGE = "quay.io/openshift-release-dev/ocp-release:4.20.4-multi"
NAME = {"hosted_cluster_name": "demo"}
CREATE = {
    **NAME,
    "hosted_cluster_platform": "kubevirt",
    "hosted_cluster_release_image": IMAGE,
    "hosted_cluster_pull_secret": {"content": '{"auths": {}}'},
    "hosted_cluster_etcd_encryption": {"generate": True},
    "hosted_cluster_node_pools": [{"name": "demo", "replicas": 2, "node_drain_timeout": "15m"}],
    "hosted_cluster_wait_for": "version_completed",
}
PLAYGROUND = {
    **CREATE,
    "hosted_cluster_name": "playground",
    "hosted_cluster_node_pools": [{"name": "playground", "replicas": 1}],
    "hosted_cluster_wait_for": "available",
}
SCALE = {**CREATE, "hosted_cluster_channel": "stable-4.20", "hosted_cluster_node_pools": [{"name": "demo", "replicas": 3}]}
STEPS: tuple[tuple[str, str, dict[str, object], tuple[str, ...]], ...] = (
    ("What would be created? Nothing is written in check mode.", "create", CREATE, ("--check",)),
    ("Create a hosted cluster with two nodes and wait until its version is completely installed.", "create", CREATE, ()),
    ("The same again: nothing changes, nothing is written.", "create", CREATE, ()),
    ("Set an update channel and add a node.", "create", {**SCALE, "hosted_cluster_wait_for": "nodes_ready"}, ()),
    (
        "Pause it with an owner, a reason and an end.",
        "pause",
        {**NAME, "pause_owner": "demo", "pause_reason": "show", "pause_until": "2099-01-01T00:00:00Z"},
        (),
    ),
    ("How is the fleet?", "status", {}, ()),
    ("Resume it.", "resume", {**NAME, "pause_owner": "demo"}, ()),
    ("Remove it: the operator deletes in order, the wait names what is left.", "destroy", NAME, ()),
    ("Create another one to play with.", "create", PLAYGROUND, ()),
)


def play(hub: EmbeddedHub, playbook: str, variables: dict[str, object], arguments: tuple[str, ...]) -> None:
    environment = {
        **os.environ, "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"), "K8S_AUTH_KUBECONFIG": str(hub.kubeconfig),
        "ANSIBLE_LOCALHOST_WARNING": "False", "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "ANSIBLE_STDOUT_CALLBACK": "ansible.builtin.default", "ANSIBLE_CALLBACK_RESULT_FORMAT": "yaml",
    }  # fmt: skip
    command = [str(Path(sys.executable).parent / "ansible-playbook"), f"hypershift.core.{playbook}", *arguments]
    print(f"$ ansible-playbook hypershift.core.{playbook} {' '.join(arguments)}".rstrip(), flush=True)
    for key, value in variables.items():
        print(f"    -e {key}={value if isinstance(value, str) else json.dumps(value)}", flush=True)
    subprocess.run([*command, "-e", json.dumps(variables)], env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, check=True)


def main() -> int:
    started = time.monotonic()
    subprocess.run([str(ROOT / "tests" / "hub" / "hub"), "build"], check=True)
    hub = EmbeddedHub.up(name="hub", say=lambda text: print(text, flush=True))
    print(
        f"\nThe management cluster is ready after {time.monotonic() - started:.0f} s. What HyperShift does is simulated, 60 times as fast.\n",
        flush=True,
    )
    for number, (title, playbook, variables, arguments) in enumerate(STEPS, 1):
        print(f"=== {number}/{len(STEPS)} {title}", flush=True)
        play(hub, playbook, variables, arguments)
    print(
        f"\nDone in {time.monotonic() - started:.0f} s. Play on with\n\n"
        f"  export KUBECONFIG={hub.kubeconfig} ANSIBLE_COLLECTIONS_PATH={ROOT}/build/collections PATH={ROOT}/.venv/bin:$PATH\n"
        "  kubectl get hostedclusters,nodepools -A\n"
        "  ansible-playbook hypershift.core.status\n\n"
        "and end it with: make hub-down"
    )
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except subprocess.CalledProcessError as error:
        print(f"demo: a step ended with {error.returncode}; the output above says why. Clean up with: make hub-down", file=sys.stderr)
        sys.exit(1)
