# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every documented example runs: EXAMPLES of the modules, the README, the READMEs of the roles, as they stand there.

They tell one story about hosted cluster demo in namespace clusters. An example that is in none of the chapters fails the first test.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from direct import IMAGE, Direct, new, node_pool
from embedded_hub import EmbeddedHub
from embedded_hub.testing import until
from examples import EXAMPLES, played_beside
from playing import ROOT, Player

Task = dict[str, Any]
README = ROOT / "README.md"
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"^ansible-playbook hypershift\.core\.(\w+)(.*)$", re.MULTILINE)
ELSEWHERE = (
    *("aws_", "etcd_", "upgrade_", "staged_", "preflight", "must_gather", "hosted_observability", "observability"),
    *("multicluster_engine", "hypershift_addon", "hosted_cluster_import"),
    *("agent", "assisted_service", "infra_env", "ingress_wildcard_policy", "kubevirt_", "load_balancer_pool"),
)
HUB_PULL_SECRET = {".dockerconfigjson": '{"auths": {}}'}


def documented() -> dict[str, list[Any]]:
    """Source -> its examples in order: tasks, or whole plays.

    Those of etcd need a real one: tests/integration/etcd_roles/test_documented.py. Those of campaigns: tests/integration/upgrades.
    The playbook preflight: tests/integration/preflight. AWS: tests/integration/aws. The multicluster engine: tests/integration/ground.
    Platforms: tests/integration/platforms. A module whose test of its own name plays them needs no line here.
    """
    beside = played_beside()
    found = {p.stem: yaml.safe_load(match[1]) for p in sorted((ROOT / "plugins" / "modules").glob("*.py"))
             for match in EXAMPLES.finditer(p.read_text()) if not p.stem.startswith(ELSEWHERE) and p.stem not in beside}  # fmt: skip
    for page in [README, *sorted(p for p in (ROOT / "roles").glob("*/README.md") if not p.parent.name.startswith(ELSEWHERE))]:
        name = "README" if page == README else f"role {page.parent.name}"
        found[name] = [entry for block in YAML_BLOCK.findall(page.read_text()) for entry in yaml.safe_load(block)]
    return found


# The story: (source, names of its examples in order), each chapter one run of ansible-playbook.
CHAPTERS: dict[str, list[tuple[str, list[str]]]] = {
    "create": [
        ("README", ["hosts localhost", "Create a hosted cluster"]),
        ("hosted_cluster", [
            "Create a hosted cluster on OpenShift Virtualization with a node pool",
            "Show what another setting would do, without doing it", "Set the channel and a label",
        ]),
    ],
    "look": [
        ("hosted_cluster_wait", ["Wait until a hosted cluster can be used", "Wait for all clusters of a wave at once"]),
        ("README", ["Wait for the canaries"]),
        ("hosted_cluster_info", ["Read one hosted cluster", "Say how it is", "Read the whole fleet of a management cluster, summaries only"]),
        ("hosted_cluster_credentials", ["Bring the kubeconfig to a file that only its owner can read", "Keep the password in a variable"]),
        ("nodepool_info", ["Read the node pools of a hosted cluster", "Show sizes"]),
        ("management_cluster_info", ["Check a management cluster before three hosted clusters are added", "Show what was found"]),
        ("role hosted_cluster_access", ["Fetch a kubeconfig", "Fetch kubeconfig and password without calling the hosted cluster"]),
    ],
    "pause": [
        ("README", ["Pause for a firmware update of the storage"]),
        ("pause_reconcile", ["Pause for maintenance of the storage, with an end"]),
        ("pause_reconcile_info", ["Find forgotten pauses", "Show them"]),
        ("pause_reconcile", ["Resume"]),
    ],
    "node pools": [
        ("nodepool", [
            "Add a node pool with three nodes", "Let the autoscaler choose between two and five nodes",
            "Go back to a fixed number, with a taint", "Give the machines more memory, which replaces them", "Remove the node pool",
        ]),
        ("hosted_cluster", ["Mirror images for the nodes, which replaces them"]),
    ],
    "upgrade": [
        ("hosted_cluster_wait", ["Wait for upgrades of several hosted clusters to versions of their own"]),
        ("node_health_check_pause", ["No node is to be remediated during the update"]),
        ("hosted_cluster_upgrade", [
            "Show what an upgrade would do, and what speaks against it",
            "Upgrade to a release that the channel offers, and wait until it is completely applied",
        ]),
        ("nodepool_upgrade", [
            "Bring all node pools to the version of their control plane, one first", "Upgrade two node pools, one after the other",
        ]),
        ("node_health_check_pause", ["Remediation goes on"]),
    ],
    "remove": [("hosted_cluster", ["Delete it"])],
    "role": [("role hosted_cluster", ["Hosted cluster on OpenShift Virtualization"])],
    "role removes": [("role hosted_cluster", ["Remove a hosted cluster"])],
}  # fmt: skip
REFUSED = "Give the machines more memory"  # the README shows how it is refused


def name_of(example: dict[str, Any]) -> str:
    return str(example.get("name") or f"hosts {example.get('hosts')}")


def chosen(source: str, names: list[str]) -> list[dict[str, Any]]:
    by_name = {name_of(e): e for e in documented()[source]}
    return [by_name[n] for n in names]


def plays(chapter: str) -> list[dict[str, Any]]:
    """The chapter as one playbook: tasks in plays of their own, plays as they are."""
    result = []
    for source, names in CHAPTERS[chapter]:
        for example in chosen(source, names):
            result.append(example if "hosts" in example else {"hosts": "localhost", "gather_facts": False, "tasks": [example]})
    return result


@pytest.fixture(scope="module")
def home(hub: EmbeddedHub, kubeconfig: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home with the kubeconfig that the README names, and on the hub what the examples take for granted."""
    home, direct = tmp_path_factory.mktemp("home"), Direct(hub)
    (home / ".kube").mkdir()
    (home / ".kube" / "management").write_text(kubeconfig.read_text())
    direct.create(new("Secret", "pull-secret", "openshift-config", data=HUB_PULL_SECRET))
    yield home
    for pool in direct.list("NodePool", "clusters"):
        if pool["spec"]["clusterName"] == "demo":
            direct.delete("NodePool", "clusters", pool["metadata"]["name"])
    direct.delete("HostedCluster", "clusters", "demo")


@pytest.fixture(scope="module")
def reader(hub: EmbeddedHub, kubeconfig: Path, home: Path) -> Player:
    return Player(hub, kubeconfig, environment={"HOME": str(home), "TMPDIR": str(home)})


def follow(reader: Player, chapter: str, **variables: Any) -> None:
    playbook, record = reader.files([], None)
    playbook.write_text(json.dumps(plays(chapter)))
    played = reader.run(playbook, record, ["-e", json.dumps(variables)]).ok()
    wanted = [name for _source, names in CHAPTERS[chapter] for name in names]
    assert not [t for t in played.tasks if t["state"] not in ("ok", "skipped")] and len(played.tasks) >= len(wanted)
    warned = re.findall(r"\[(?:WARNING|DEPRECATION WARNING)\].*", played.output)
    assert warned == WARNINGS.get(chapter, []), warned


# The command before it has removed the cluster, which is said.
WARNINGS = {"role removes": ["[WARNING]: HostedCluster clusters/demo does not exist, so no hosted cluster is removed."]}


def test_every_example_has_its_place() -> None:
    told = [(source, name) for chapter in CHAPTERS.values() for source, names in chapter for name in names] + [("README", REFUSED)]
    all_of_them = [(source, name_of(example)) for source, examples in documented().items() for example in examples]
    assert sorted(told) == sorted(all_of_them)
    assert len(documented()) == 12 + 1 + 2


def test_create(reader: Player) -> None:
    follow(reader, "create")


def test_the_refusal_that_the_readme_shows(reader: Player, hub: EmbeddedHub) -> None:
    """The next block of the README is the message, to the letter, but for the number of nodes that this story has by now."""
    Direct(hub).merge("NodePool", "clusters", "demo", {"spec": {"replicas": 3}})
    wait = {"hypershift.core.hosted_cluster_wait": {"name": "demo", "namespace": "clusters", "goal": "nodes_ready"}}
    failure = reader.play(wait, *chosen("README", [REFUSED])).failed()
    shown = README.read_text().split(REFUSED)[1].split("```\n")[2]
    assert failure["failure"]["code"] == "rollout_not_allowed" and failure["msg"].split() == shown.split()


def test_look(reader: Player, home: Path) -> None:
    follow(reader, "look", hosted_cluster_access_verify=False)  # nobody listens at the simulated cluster's address
    files = [home / "demo.kubeconfig", *(home / ".kube" / "hosted" / f"demo.{what}" for what in ("kubeconfig", "password"))]
    assert [f.stat().st_mode & 0o777 for f in files] == [0o600] * 3


def test_pause(reader: Player) -> None:
    follow(reader, "pause")


def test_node_pools(reader: Player) -> None:
    follow(reader, "node pools")


def test_upgrade(reader: Player, hub: EmbeddedHub) -> None:
    """The channel offers the release, and the node pools of the examples are there with drains that come to an end."""
    direct = Direct(hub)
    release = {"image": IMAGE.replace("4.20.4", "4.20.9"), "version": "4.20.9", "arch": "multi", "channels": ["stable-4.20"]}
    direct.create(new("ConfigMap", "simulator-releases", "hypershift", data={}), new("NodeHealthCheck", "workers", spec={"selector": {}}))
    direct.merge("ConfigMap", "hypershift", "simulator-releases", {"data": {"examples": json.dumps(release)}})
    direct.create(*(node_pool(name, "clusters", "demo") for name in ("blue", "green")))
    for pool in direct.list("NodePool", "clusters"):
        direct.merge("NodePool", "clusters", pool["metadata"]["name"], {"spec": {"nodeDrainTimeout": "15m"}})
    ready = {"hypershift.core.hosted_cluster_wait": {"name": "demo", "namespace": "clusters", "goal": "node_pools_settled"}}
    reader.play(ready).ok()

    def offered() -> bool:
        cluster = direct.get("HostedCluster", "clusters", "demo") or {}
        return bool(cluster["status"]["version"].get("availableUpdates"))

    until("the release is offered", offered)
    follow(reader, "upgrade")
    assert {p["status"]["version"] for p in direct.list("NodePool", "clusters")} == {"4.20.9"}
    direct.delete("NodeHealthCheck", "", "workers")


def test_remove(reader: Player, hub: EmbeddedHub) -> None:
    follow(reader, "remove")
    assert Direct(hub).get("HostedCluster", "clusters", "demo") is None


def test_roles_and_commands(reader: Player, hub: EmbeddedHub, home: Path) -> None:
    """The role's example creates what the README's commands then look at, change, pause, resume and remove."""
    follow(reader, "role")
    (play,) = plays("role")
    (home / "demo.yml").write_text(yaml.safe_dump(play["roles"][0]["vars"]))
    commands = [c for c in COMMAND.findall(README.read_text()) if not c[0].startswith(ELSEWHERE)]
    assert [name for name, _rest in commands] == ["status", "create", "pause", "resume", "destroy"]
    for name, rest in commands:
        arguments = [a.replace("@", f"@{home}/") for a in shlex.split(rest)]
        reader.playbook(name, *arguments).ok()
    assert Direct(hub).get("HostedCluster", "clusters", "demo") is None
    follow(reader, "role removes")
