# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Inventory hosted_clusters: hosts, variables, groups, cache, failures, and that nothing of a cluster is ever a template or a secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.doc_fragments import constructed, inventory_cache
from ansible.template import Templar
from ansible_collections.hypershift.core.plugins.inventory import hosted_clusters
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import HOSTED_CLUSTER
from ansible_collections.hypershift.core.plugins.plugin_utils import _hosted_clusters_inventory

from builders.memory_hub import MemoryHub
from builders.objects import conditions, live_cluster, live_pool
from builders.unprintable import ALL, acted_on

NAME = "hypershift.core.hosted_clusters"
TOKEN = "sha256~PlantedToken0123456789"
Parse = Callable[..., InventoryData]


def cluster(name: str, namespace: str = "clusters", labels: dict[str, str] | None = None, **status: str) -> dict[str, Any]:
    found = live_cluster()
    found["metadata"] |= {"name": name, "namespace": namespace, "labels": labels or {}}
    found["status"]["conditions"] = conditions(**status)
    return found


def pool(name: str, of: str) -> dict[str, Any]:
    found = live_pool(name=name)
    found["spec"]["clusterName"] = of
    return found


@pytest.fixture
def hubs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Hubs in memory by the name of their context; "" is the one that no option leads to. A hub may also be what its connection raises."""
    found: dict[str, Any] = {}

    def connect(options: dict[str, Any]) -> Any:
        hub = found[options.get("context") or ""]
        if isinstance(hub, Exception):
            raise hub
        return hub

    monkeypatch.setattr("ansible_collections.hypershift.core.plugins.module_utils._kube.hub.KubeHub.from_options", connect)
    return found


@pytest.fixture
def parse(tmp_path: Path) -> Parse:
    """Parse a configuration as Ansible does; the definitions of the options are those that are documented."""
    texts = (hosted_clusters.DOCUMENTATION, constructed.ModuleDocFragment.DOCUMENTATION, inventory_cache.ModuleDocFragment.DOCUMENTATION)
    definitions = {k: v for text in texts for k, v in yaml.safe_load(text)["options"].items()}
    constants.config.initialize_plugin_configuration_definitions("inventory", NAME, definitions)
    path = tmp_path / "fleet.hosted_clusters.yml"

    def run(use_cache: bool = True, **config: Any) -> InventoryData:
        path.write_text(yaml.safe_dump({"plugin": NAME, **config}))
        plugin = hosted_clusters.InventoryModule()
        plugin._load_name, plugin._redirected_names, plugin.ansible_name = NAME, [NAME], NAME
        inventory, loader = InventoryData(), DataLoader()
        assert plugin.verify_file(str(path))
        plugin.parse(inventory, loader, str(path), use_cache)
        if getattr(plugin, "_cache", None):
            plugin.update_cache_if_changed()  # as Ansible's inventory manager does after each source
        inventory.reconcile_inventory()
        return inventory

    return run


def variables_of(inventory: InventoryData, host: str) -> dict[str, Any]:
    found: dict[str, Any] = inventory.get_host(host).get_vars()
    return found


def members(inventory: InventoryData, group: str) -> list[str]:
    return sorted(h.name for h in inventory.groups[group].get_hosts()) if group in inventory.groups else []


EAST = {"name": "east", "context": "east", "kubeconfig": "/etc/hubs/east"}
WEST = {"name": "west-2", "context": "west", "kubeconfig": "/etc/hubs/west"}


def test_one_host_per_cluster_with_its_variables_from_one_list_per_kind(hubs: dict[str, Any], parse: Parse) -> None:
    hubs["east"] = MemoryHub(cluster("a", labels={"wave": "canary"}), cluster("b", "other"), pool("a-1", "a"), pool("a-2", "a"))
    hubs["west"] = MemoryHub(cluster("a"))
    inventory = parse(hubs=[EAST, WEST])
    assert sorted(inventory.hosts) == members(inventory, "hosted_clusters") == ["a.clusters.east", "a.clusters.west-2", "b.other.east"]
    found = variables_of(inventory, "a.clusters.east")
    assert {k: found[f"hcp_{k}"] for k in ("name", "namespace", "hub", "platform", "version", "available", "paused", "deleting")} == {
        "name": "a", "namespace": "clusters", "hub": "east", "platform": "KubeVirt", "version": "4.20.4",
        "available": True, "paused": False, "deleting": False,
    }  # fmt: skip
    assert found["hcp_labels"] == {"wave": "canary"} and found["hcp_api_endpoint"] == "api.demo.example.test:6443"
    assert [(p["name"], p["replicas"]["current"], p["verdict"]) for p in found["hcp_node_pools"]] == [
        ("a-1", 2, "healthy"),
        ("a-2", 2, "healthy"),
    ]
    assert found["hcp_health"] == {"verdict": "healthy", "cause": "", "next_step": ""}
    assert found["hcp_kubeconfig"] == "/etc/hubs/east" and found["hcp_context"] == "east"
    assert found["ansible_connection"] == "local" and found["ansible_python_interpreter"] == "{{ ansible_playbook_python }}"
    assert hubs["east"].reads == [("list", "HostedCluster"), ("list", "NodePool")]


def test_groups_by_hub_platform_version_health_and_pause(hubs: dict[str, Any], parse: Parse) -> None:
    ill = cluster("ill", Available="False/KASUnavailable", KubeAPIServerAvailable="False")
    paused = cluster("paused", ReconciliationActive="False/ReconciliationPaused")
    paused["spec"]["pausedUntil"] = "true"
    hubs["west"] = MemoryHub(cluster("well"), ill, paused)
    inventory = parse(hubs=[WEST])
    assert members(inventory, "hub_west_2") == members(inventory, "platform_kubevirt") == members(inventory, "version_4_20")
    assert members(inventory, "health_healthy") == ["well.clusters.west-2"]
    assert members(inventory, "paused") == ["paused.clusters.west-2"]
    verdict = variables_of(inventory, "ill.clusters.west-2")["hcp_health"]
    assert members(inventory, f"health_{verdict['verdict']}") == ["ill.clusters.west-2"] and verdict["cause"] and verdict["next_step"]
    bare = parse(hubs=[WEST], default_groups=False)
    assert sorted(bare.groups) == ["all", "hosted_clusters", "ungrouped"] and len(members(bare, "hosted_clusters")) == 3


def test_variables_and_warnings_hold_nothing_unprintable_and_no_secret(
    hubs: dict[str, Any], parse: Parse, monkeypatch: pytest.MonkeyPatch
) -> None:
    text, warnings = f"{ALL}broken, pass\u200bword=correct-horse", list[str]()
    ill = cluster("ill", labels={"note": text}, Available="False/KASUnavailable")
    ill["status"]["conditions"][0]["message"] = text
    hubs["east"], hubs["west"] = MemoryHub(ill), ApiError(Failure("unreachable", text, text, next_step=text))
    monkeypatch.setattr(hosted_clusters.display, "warning", warnings.append)
    said = json.dumps(variables_of(parse(hubs=[EAST, WEST], on_unreachable="warn"), "ill.clusters.east"), default=str, ensure_ascii=False)
    assert "broken, password=<hidden>" in said and acted_on(said) == set() and "correct-horse" not in said
    assert len(warnings) == 1 and acted_on(warnings[0]) == set() and "correct-horse" not in warnings[0] and "broken" in warnings[0]
    with pytest.raises(AnsibleParserError) as caught:
        parse(hubs=[EAST, WEST])
    assert acted_on(str(caught.value)) == set() and "correct-horse" not in str(caught.value)


def test_a_cluster_that_is_being_installed_has_no_version_group(hubs: dict[str, Any], parse: Parse) -> None:
    young = cluster("young")
    young["status"] = {}
    hubs["west"] = MemoryHub(young)
    inventory = parse(hubs=[WEST])
    found = variables_of(inventory, "young.clusters.west-2")
    assert found["hcp_version"] == "" and found["hcp_available"] is False
    assert not [g for g in inventory.groups if g.startswith("version_")]


def test_constructed_groups_and_variables(hubs: dict[str, Any], parse: Parse) -> None:
    hubs["east"] = MemoryHub(cluster("a", labels={"wave": "canary"}), cluster("b"), pool("a-1", "a"))
    rules = {
        "keyed_groups": [{"key": "hcp_labels.wave | default('rest')", "prefix": "wave"}],
        "groups": {"with_nodes": "nodes | int > 0"},
        "compose": {"nodes": "hcp_node_pools | map(attribute='replicas.current') | sum"},
    }
    inventory = parse(hubs=[EAST], strict=True, **rules)
    assert members(inventory, "wave_canary") == ["a.clusters.east"] == members(inventory, "with_nodes")
    assert members(inventory, "wave_rest") == ["b.clusters.east"]


@pytest.mark.parametrize(
    "rules", [{"compose": {"x": "no_such.thing"}}, {"groups": {"x": "no_such.thing"}}, {"keyed_groups": [{"key": "no_such.thing"}]}]
)
def test_strict_makes_a_rule_that_fails_an_error(rules: dict[str, Any], hubs: dict[str, Any], parse: Parse) -> None:
    hubs["east"] = MemoryHub(cluster("a"))
    assert sorted(parse(hubs=[EAST], **rules).hosts) == ["a.clusters.east"]
    with pytest.raises(AnsibleError):
        parse(hubs=[EAST], strict=True, **rules)


def test_without_hubs_the_environment_leads_to_one(hubs: dict[str, Any], parse: Parse) -> None:
    hubs[""] = MemoryHub(cluster("a"))
    found = variables_of(parse(), "a.clusters.hub")
    assert "hcp_kubeconfig" not in found and "hcp_context" not in found


def test_namespace_and_labels_of_an_entry_narrow_it(hubs: dict[str, Any], parse: Parse) -> None:
    hubs["east"] = MemoryHub(cluster("a", labels={"tier": "prod"}), cluster("b"), cluster("c", "other", {"tier": "prod"}))
    inventory = parse(hubs=[{**EAST, "namespace": "clusters", "label_selectors": ["tier=prod"]}])
    assert sorted(inventory.hosts) == ["a.clusters.east"]


def unreachable() -> ApiError:
    return ApiError(Failure("unreachable", "https://west.example.test does not answer", next_step="Check the network."))


def test_a_hub_that_does_not_answer(hubs: dict[str, Any], parse: Parse, monkeypatch: pytest.MonkeyPatch) -> None:
    hubs["east"], hubs["west"] = MemoryHub(cluster("a")), unreachable()
    with pytest.raises(AnsibleParserError, match=r"west-2 cannot be read: https://west.example.test does not answer. Check the network"):
        parse(hubs=[EAST, WEST])
    warnings: list[str] = []
    monkeypatch.setattr(hosted_clusters.display, "warning", warnings.append)
    assert sorted(parse(hubs=[EAST, WEST], on_unreachable="warn").hosts) == ["a.clusters.east"]
    assert len(warnings) == 1 and "west-2" in warnings[0]


@pytest.mark.parametrize(
    ("entries", "text"),
    [
        ([{"context": "east"}], "missing required arguments: name"),
        ([{"name": "East"}], "lower-case"),
        ([EAST, EAST], "twice"),
        ([{"name": "east", "tokn": TOKEN}], "tokn"),
    ],
)
def test_wrong_entries_are_refused_without_their_values(
    entries: list[dict[str, Any]], text: str, hubs: dict[str, Any], parse: Parse
) -> None:
    with pytest.raises(AnsibleParserError, match=text) as caught:
        parse(hubs=entries)
    assert TOKEN not in str(caught.value)


def test_the_cache_spares_the_hubs_and_holds_no_secret(hubs: dict[str, Any], parse: Parse, tmp_path: Path) -> None:
    hubs["east"], folder = MemoryHub(cluster("a", labels={"x": "{{ 7 * 7 }}"})), tmp_path / "cache"
    entry = {"name": "east", "context": "east", "api_key": TOKEN, "kubeconfig": {"users": [{"name": "u", "user": {"token": TOKEN}}]}}
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(folder)}
    first = variables_of(parse(hubs=[entry], **cache), "a.clusters.east")
    second = variables_of(parse(hubs=[entry], **cache), "a.clusters.east")
    assert {k: v for k, v in first.items() if k.startswith("hcp_")} == {k: v for k, v in second.items() if k.startswith("hcp_")}
    assert len(hubs["east"].reads) == 2, "the second run asked nothing"
    text = "".join(file.read_text() for file in folder.rglob("*") if file.is_file())
    assert "hcp_version" in text and TOKEN not in text
    assert "hcp_kubeconfig" not in first and TOKEN not in json.dumps(first, default=str)
    parse(hubs=[entry], use_cache=False, **cache)
    assert len(hubs["east"].reads) == 4, "refreshing asks again"
    parse(hubs=[{**entry, "namespace": "other"}], **cache)
    assert len(hubs["east"].reads) == 6, "other hubs are not answered from an older cache"


def test_an_incomplete_answer_is_not_cached(hubs: dict[str, Any], parse: Parse, tmp_path: Path) -> None:
    hubs["east"], hubs["west"] = MemoryHub(cluster("a")), unreachable()
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache"), "on_unreachable": "warn"}
    parse(hubs=[EAST, WEST], **cache)
    hubs["west"] = MemoryHub(cluster("b"))
    assert sorted(parse(hubs=[EAST, WEST], **cache).hosts) == ["a.clusters.east", "b.clusters.west-2"]


@pytest.mark.parametrize("cached", [False, True])
def test_what_a_cluster_says_is_never_a_template(cached: bool, hubs: dict[str, Any], parse: Parse, tmp_path: Path) -> None:
    marker = tmp_path / "executed"
    evil = f"{{{{ lookup('pipe', 'touch {marker}') }}}}"
    bad = cluster("a", labels={"x": evil, "{{ 6 * 7 }}": "y"}, Degraded="True")
    bad["spec"]["channel"] = evil
    for row in bad["status"]["conditions"]:
        row["message"] = evil
    hubs["east"] = MemoryHub(bad)
    rules = {
        "compose": {"copied": "hcp_labels.x"},
        "keyed_groups": [{"key": "hcp_channel", "prefix": "channel"}],
        "groups": {"g": "hcp_channel != ''"},
    }
    cache = {"cache": True, "cache_plugin": "jsonfile", "cache_connection": str(tmp_path / "cache")} if cached else {}
    for _turn in range(2 if cached else 1):
        found = variables_of(parse(hubs=[EAST], **rules, **cache), "a.clusters.east")
    templar = Templar(loader=DataLoader(), variables=found)
    for name in ("hcp_labels", "hcp_channel", "hcp_health", "copied"):
        assert templar.template(found[name]) == found[name]
    assert found["copied"] == evil and found["hcp_channel"] == evil
    assert not marker.exists()
    templar.template(_hosted_clusters_inventory.trusted(evil))
    assert marker.exists(), "the same text does its work where it is trusted"


def test_the_interpreter_is_a_template_of_ours(hubs: dict[str, Any], parse: Parse) -> None:
    hubs["east"] = MemoryHub(cluster("a"))
    found = variables_of(parse(hubs=[EAST]), "a.clusters.east")
    templar = Templar(loader=DataLoader(), variables={"ansible_playbook_python": "/opt/python"})
    assert templar.template(found["ansible_python_interpreter"]) == "/opt/python"


def test_entries_may_be_templates(hubs: dict[str, Any], parse: Parse, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "ansible_collections.hypershift.core.plugins.module_utils._kube.hub.KubeHub.from_options",
        lambda options: seen.append(options) or MemoryHub(cluster("a")),
    )
    monkeypatch.setenv("EAST_TOKEN", TOKEN)
    inventory = parse(hubs=[{"name": "east", "host": "https://east.example.test", "api_key": "{{ lookup('env', 'EAST_TOKEN') }}"}])
    assert seen[0]["api_key"] == TOKEN and TOKEN not in json.dumps(variables_of(inventory, "a.clusters.east"), default=str)


@pytest.mark.parametrize("name", ["hosted_clusters.yml", "my.hypershift.yaml", "x.hosted_clusters.yaml"])
def test_files_it_takes(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    assert hosted_clusters.InventoryModule().verify_file(str(tmp_path / name))
    (tmp_path / "other.yml").touch()
    assert not hosted_clusters.InventoryModule().verify_file(str(tmp_path / "other.yml"))


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"kubeconfig": "/etc/k", "context": "c"}, {"hcp_kubeconfig": "/etc/k", "hcp_context": "c"}),
        ({"kubeconfig": {"users": []}}, {}),
        ({"kubeconfig": "apiVersion: v1\nusers: []\n"}, {}),
        ({"host": "https://x", "api_key": TOKEN}, {}),
    ],
)
def test_only_a_path_and_a_context_of_a_connection_become_variables(entry: dict[str, Any], expected: dict[str, str]) -> None:
    assert _hosted_clusters_inventory.connection_variables(entry) == expected


def test_no_rights_is_said_with_what_is_missing(hubs: dict[str, Any], parse: Parse) -> None:
    hubs["east"] = MemoryHub(cluster("a"))
    hubs["east"].forbidden.add(("list", HOSTED_CLUSTER.kind))
    with pytest.raises(AnsibleParserError, match="may not list"):
        parse(hubs=[EAST])
