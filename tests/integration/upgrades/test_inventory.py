# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Inventory hosted_clusters on a real API server through ansible-inventory, ansible and ansible-playbook, as people and job engines use it."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.hypershift.core.plugins.module_utils._health.pauses import REASON

from direct import Direct, hosted_cluster, new, node_pool
from embedded_hub import EmbeddedHub
from playing import Player

EAST, WEST = "inv-east", "inv-west"
PLUGIN = "hypershift.core.hosted_clusters"


@pytest.fixture(scope="module")
def marker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that an executed template would make."""
    return tmp_path_factory.mktemp("marker") / "executed"


@pytest.fixture(scope="module", autouse=True)
def clusters(hub: EmbeddedHub, marker: Path) -> Iterator[None]:
    """Two hubs, played by two namespaces. All are paused, so that nothing happens to them; one has a reason that is a template."""
    direct, evil = Direct(hub), f"{{{{ lookup('pipe', 'touch {marker}') }}}}"
    paused = {"pausedUntil": "true"}
    direct.create(new("Namespace", EAST), new("Namespace", WEST))
    direct.create(
        hosted_cluster("one", EAST, paused, labels={"wave": "canary"}, annotations={REASON: evil}),
        hosted_cluster("two", EAST, paused),
        hosted_cluster("one", WEST, paused, labels={"wave": "rest"}),
        node_pool("workers", EAST, "one", paused),
    )
    yield
    for namespace, name in ((EAST, "one"), (EAST, "two"), (WEST, "one")):
        direct.end("HostedCluster", namespace, name)
    direct.end("NodePool", EAST, "workers")


@pytest.fixture
def configured(tmp_path: Path, kubeconfig: Path) -> Any:
    """Writes a configuration file; by default with two hubs."""
    hubs = [{"name": name, "kubeconfig": str(kubeconfig), "namespace": f"inv-{name}"} for name in ("east", "west")]

    def write(**options: Any) -> Path:
        path = tmp_path / "fleet.hosted_clusters.yml"
        path.write_text(yaml.safe_dump({"plugin": PLUGIN, "hubs": hubs, **options}))
        return path

    return write


def call(player: Player, program: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **{name: value for name, value in player.variables(Path("unused")).items() if name != "ANSIBLE_CALLBACKS_ENABLED"},
        "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "True",
        **variables,
    }
    return subprocess.run(
        [str(player.bin / program), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def listed(player: Player, path: Path) -> dict[str, Any]:
    """Texts that are no templates are marked as such there, for job engines that keep the variables."""
    done = call(player, "ansible-inventory", "-i", str(path), "--list")
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout, object_hook=lambda pairs: pairs.get("__ansible_unsafe", pairs))
    return found


def test_hosts_groups_and_variables_from_two_lists_per_hub(quick: Player, configured: Any, kubeconfig: Path, hub: EmbeddedHub) -> None:
    since = time.time()
    found = listed(quick, configured())
    assert [(e["verb"], e["objectRef"]["resource"]) for e in sorted(hub.audit(user="tester", since=since), key=lambda e: e["objectRef"]["resource"])] == [
        ("list", "hostedclusters"), ("list", "hostedclusters"), ("list", "nodepools"), ("list", "nodepools"),
    ]  # fmt: skip
    hosts = ["one.inv-east.east", "one.inv-west.west", "two.inv-east.east"]
    assert sorted(found["_meta"]["hostvars"]) == sorted(found["hosted_clusters"]["hosts"]) == hosts
    assert sorted(found["hub_east"]["hosts"]) == [hosts[0], hosts[2]] and sorted(found["paused"]["hosts"]) == hosts
    one = found["_meta"]["hostvars"]["one.inv-east.east"]
    assert (one["hcp_hub"], one["hcp_platform"], one["hcp_paused"], one["hcp_kubeconfig"]) == ("east", "KubeVirt", True, str(kubeconfig))
    assert [pool["name"] for pool in one["hcp_node_pools"]] == ["workers"]


def test_graph_with_groups_of_labels(quick: Player, configured: Any) -> None:
    done = call(
        quick,
        "ansible-inventory",
        "-i",
        str(configured(keyed_groups=[{"key": "hcp_labels.wave", "prefix": "wave"}])),
        "--graph",
        "wave_canary",
    )
    assert done.stdout.splitlines() == ["@wave_canary:", "  |--one.inv-east.east"]


@pytest.mark.parametrize("cached", [False, True])
def test_what_a_cluster_says_is_not_executed(cached: bool, quick: Player, configured: Any, marker: Path, tmp_path: Path) -> None:
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")} if cached else {}
    path = configured(compose={"copied": "hcp_pause.reason"}, **cache)
    for _turn in range(2 if cached else 1):
        done = call(
            quick,
            "ansible",
            "-i",
            str(path),
            "one.inv-east.east",
            "-m",
            "ansible.builtin.debug",
            "-a",
            "msg={{ hcp_pause.reason ~ copied }}",
        )
    assert done.returncode == 0 and "lookup('pipe'" in done.stdout
    assert not marker.exists()


def test_a_token_reaches_the_hub_and_nothing_else(quick: Player, configured: Any, hub: EmbeddedHub, tmp_path: Path) -> None:
    direct = Direct(hub)
    rules = [{"apiGroups": ["hypershift.openshift.io"], "resources": ["hostedclusters", "nodepools"], "verbs": ["list"]}]
    role = {**new("Role", "inventory", EAST), "rules": rules}
    subject = {"kind": "ServiceAccount", "name": "inventory", "namespace": EAST}
    reference = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "inventory"}
    binding = {**new("RoleBinding", "inventory", EAST), "subjects": [subject], "roleRef": reference}
    direct.create(new("ServiceAccount", "inventory", EAST), role, binding)
    token = yaml.safe_load(hub.service_account_kubeconfig(EAST, "inventory", 3600).read_text())["users"][0]["user"]["token"]
    cache = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    entry = {"name": "east", "host": hub.server, "api_key": "{{ lookup('env', 'EAST_TOKEN') }}", "ca_cert": str(hub.paths.pki / "ca.crt")}
    path = configured(hubs=[{**entry, "namespace": EAST}], **cache)
    done = call(quick, "ansible-inventory", "-i", str(path), "--list", "-vvvv", EAST_TOKEN=token, K8S_AUTH_KUBECONFIG="/nonexistent")
    assert done.returncode == 0 and "one.inv-east.east" in done.stdout
    written = [file.read_text() for file in (tmp_path / "cache").rglob("*") if file.is_file()]
    assert written and not [text for text in (done.stdout, done.stderr, *written) if token in text or token.split(".")[2] in text]
    refused = call(
        quick, "ansible-inventory", "-i", str(configured(hubs=[entry])), "--list", EAST_TOKEN=token, K8S_AUTH_KUBECONFIG="/nonexistent"
    )
    assert refused.returncode != 0 and "hostedclusters" in refused.stderr and token not in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_hub_that_does_not_answer(quick: Player, configured: Any, kubeconfig: Path, tmp_path: Path) -> None:
    hubs = [{"name": "east", "kubeconfig": str(kubeconfig), "namespace": EAST}, {"name": "gone", "kubeconfig": str(tmp_path / "none")}]
    failed = call(quick, "ansible-inventory", "-i", str(configured(hubs=hubs)), "--list")
    assert failed.returncode != 0 and "Management cluster gone cannot be read" in failed.stderr and "Traceback" not in failed.stderr
    warned = call(quick, "ansible-inventory", "-i", str(configured(hubs=hubs, on_unreachable="warn")), "--list")
    assert warned.returncode == 0 and "Management cluster gone cannot be read" in " ".join(warned.stderr.split())
    assert sorted(json.loads(warned.stdout)["_meta"]["hostvars"]) == ["one.inv-east.east", "two.inv-east.east"]


def test_a_play_works_on_each_cluster_where_it_lives(quick: Player, configured: Any, tmp_path: Path) -> None:
    task = {
        "hypershift.core.hosted_cluster_info": {
            "name": ["{{ hcp_name }}"],
            "namespace": "{{ hcp_namespace }}",
            "kubeconfig": "{{ hcp_kubeconfig }}",
        }
    }
    playbook, record = tmp_path / "play.yml", tmp_path / "record.jsonl"
    playbook.write_text(json.dumps([{"hosts": "hosted_clusters:&hub_east", "gather_facts": False, "tasks": [task]}]))
    done = quick.run(playbook, record.with_suffix(".none"), ["-i", str(configured())]).ok()
    assert done.output.count("ok=1") == 2 and "failed=1" not in done.output
