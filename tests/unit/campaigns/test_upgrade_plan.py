# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Module upgrade_plan over hubs in memory: what is read, what is refused before reading, and the plan's file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import read_plan
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.upgrade_plan import UpgradePlan
from ansible_collections.hypershift.core.plugins.module_utils._fleet.reading import HubSource
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, OptionError, RefusedError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._kernel.ports.hub import Hub
from ansible_collections.hypershift.core.plugins.module_utils._machine.recurrence import RuleCalendar

from builders.memory_hub import MemoryHub
from builders.objects import options
from campaigns.builders import CLUSTER_UID, identify_as
from campaigns.planning.builders import NOW, cluster, document, engine, openshift, pool

MINORS = {"kind": "ConfigMap", "metadata": {"name": "supported-versions", "namespace": "hypershift"},
          "data": {"supported-versions": '{"versions": ["4.22", "4.21", "4.20"]}'}}  # fmt: skip
Object = dict[str, Any]


class Disk:
    """Files in memory; write compares as the real one does."""

    def __init__(self, check_mode: bool = False, **files: bytes) -> None:
        self.files, self._check_mode = files, check_mode

    def read(self, path: str) -> bytes | None:
        return self.files.get(path)

    def write(self, path: str, content: bytes) -> bool:
        differs = self.files.get(path) != content
        if differs and not self._check_mode:
            self.files[path] = content
        return differs


def hub_of(*names: str, extra: Any = (), **labels: str) -> MemoryHub:
    clusters = [cluster(offers=["4.21.5"], name=n, patch={"metadata": {"labels": labels, "uid": f"{n}-{labels}"}}) for n in names]
    return identify_as(
        MemoryHub(MINORS, engine("2.12.0"), openshift("4.21.3"), *clusters, *(pool(name=f"{n}-a", owner=n) for n in names), *extra)
    )


def make(hubs: dict[str, MemoryHub | Exception], disk: Disk | None = None, now: Any = None, **given: Any) -> Object:
    """Result of the module. Every hub must be left unwritten."""

    def connect(hub: Any) -> Hub:
        if isinstance(hub, Exception):
            raise hub
        return hub  # type: ignore[no-any-return]

    sources = [HubSource(name, lambda hub=hub: connect(hub)) for name, hub in hubs.items()]  # type: ignore[misc]
    params = options("upgrade_plan", campaign="autumn", **{"target": {"version": "4.21.5"}, **given})
    operation = UpgradePlan(sources, params, RuleCalendar(), disk or Disk(), now or (lambda: NOW))
    result = run(operation, MemoryHub(), False, lambda line: None)
    assert all(hub.writes == [] for hub in hubs.values() if isinstance(hub, MemoryHub))
    return result


DOWN = ApiError(Failure("unreachable", "https://west does not answer", next_step="Check the network."))


def test_one_hub() -> None:
    hub = hub_of("a", "b")
    found = make({"hub": hub})
    assert [c["id"] for c in found["plan"]["clusters"]] == ["a.clusters.hub", "b.clusters.hub"] and found["changed"] is False
    assert found["digest"] == found["plan"]["digest"] and found["refused"] == [] and found["dest"] == "" and found["notes"] == []
    assert read_plan(json.dumps(found["plan"]), found["digest"]) == found["plan"]
    assert found["plan"]["hubs"] == [{"name": "hub", "server": hub.server, "uid": CLUSTER_UID, "versions": ["4.22", "4.21", "4.20"], "mce_version": "2.12.0",
                                      "openshift_version": "4.21.3", "problem": "", "warnings": []}]  # fmt: skip
    assert found["table"][1].startswith("a.clusters.hub") and "2 ready" in found["table"][-1]
    lists = [name for verb, name in hub.reads if verb == "list"]
    assert sorted(lists) == ["ClusterVersion", "HostedCluster", "MultiClusterEngine", "NodePool"]  # none per cluster


def test_several_hubs_and_selections() -> None:
    hubs = {"east": hub_of("a", "b", tier="gold"), "west": hub_of("a", "c", tier="silver")}

    def ids(**given: Any) -> list[str]:
        return [c["id"] for c in make(hubs, **given)["plan"]["clusters"]]

    assert ids() == ["a.clusters.east", "a.clusters.west", "b.clusters.east", "c.clusters.west"]
    assert ids(label_selectors=["tier=gold"]) == ["a.clusters.east", "b.clusters.east"]
    assert ids(name=["a"]) == ["a.clusters.east", "a.clusters.west"] and ids(name=["c"]) == ["c.clusters.west"]
    with pytest.raises(OptionError, match="no hosted cluster matches the selection, so there is nothing to plan") as caught:
        ids(namespace="elsewhere")
    assert caught.value.failure.code == "nothing_selected" and "allow_empty" in caught.value.failure.next_step
    allowed = make(hubs, namespace="elsewhere", allow_empty=True)
    assert allowed["plan"]["clusters"] == [] and any("no hosted cluster matches" in n for n in allowed["notes"])
    with pytest.raises(OptionError, match="no hosted cluster is called x, y"):
        make(hubs, name=["y", "a", "x"])


def test_a_hub_that_is_down_refuses_the_plan_unless_it_may_be_left_out() -> None:
    hubs: dict[str, MemoryHub | Exception] = {"east": hub_of("a"), "west": DOWN}
    with pytest.raises(RefusedError, match="hub west could not be read: https://west does not answer") as caught:
        make(hubs)
    assert "on_unreachable: skip" in caught.value.failure.next_step
    found = make(hubs, on_unreachable="skip")
    assert [c["id"] for c in found["plan"]["clusters"]] == ["a.clusters.east"] and "does not answer" in found["plan"]["hubs"][1]["problem"]
    assert any("does not answer" in n for n in found["notes"])
    assert make(hubs, on_unreachable="skip", name=["a", "elsewhere"])["plan"]["summary"]["clusters"] == 1
    with pytest.raises(RefusedError):
        make({"west": DOWN}, on_unreachable="skip")


@pytest.mark.parametrize("kinds", [["MultiClusterEngine"], ["ClusterVersion"], ["MultiClusterEngine", "ClusterVersion"]])
def test_rights_on_the_management_cluster_are_not_needed(kinds: list[str]) -> None:
    hub = hub_of("a")
    hub.forbidden = {("list", kind) for kind in kinds}
    found = make({"hub": hub})
    assert (
        found["plan"]["summary"]["ready"] == 1 and len(found["notes"]) == len(kinds) and all("could be read" in n for n in found["notes"])
    )


@pytest.mark.parametrize("kind", ["HostedCluster", "NodePool"])
def test_rights_on_hosted_clusters_are_needed(kind: str) -> None:
    hub = hub_of("a")
    hub.forbidden = {("list", kind)}
    with pytest.raises(RefusedError, match="may not list") as caught:
        make({"hub": hub})
    assert caught.value.failure.code == "missing_permission"


def test_two_names_for_one_management_cluster_are_noticed() -> None:
    hub = hub_of("a")
    with pytest.raises(OptionError, match=r"a\.clusters\.east and a\.clusters\.west are the same hosted cluster"):
        make({"east": hub, "west": hub})


def test_a_name_in_a_wave_that_fits_nothing_is_told() -> None:
    found = make({"hub": hub_of("a")}, waves=[{"name": "first", "clusters": ["a", "clusters/a", "a.clusters.hub", "clusters/aa"]}])
    assert found["notes"] == found["plan"]["warnings"] == ["wave first names clusters/aa, and no hosted cluster of the plan is called so"]


def test_an_empty_hub_that_serves_nothing_else() -> None:
    found = make({"hub": MemoryHub()}, allow_empty=True)
    assert found["plan"]["clusters"] == [] and found["plan"]["batches"] == [] and found["table"][-1].startswith("0 clusters")


@pytest.mark.parametrize(
    "given",
    [
        {"windows": [{"rrule": "FREQ=NEVER", "duration_minutes": 60}]}, {"windows": [{"rrule": "FREQ=DAILY", "duration_minutes": 60, "timezone": "Mars"}]},
        {"waves": [{"name": "a", "after": ["a"]}]}, {"graph": "/nowhere"}, {"max_snapshot_age": "soon"}, {"blocked_versions": ["x"]},
    ],
)  # fmt: skip
def test_wrong_options_are_told_before_any_hub_is_asked(given: Object) -> None:
    hub = hub_of("a")
    with pytest.raises(OptionError):
        make({"hub": hub}, **given)
    assert hub.reads == []


@pytest.mark.parametrize(
    ("content", "words"), [(b"no json", "holds no JSON"), (b"[]", "no lists nodes and edges"), (b"\xff\xfe", "holds no JSON")]
)
def test_a_graph_file_that_is_none(content: bytes, words: str) -> None:
    with pytest.raises(OptionError, match=words):
        make({"hub": hub_of("a")}, Disk(graph=content), graph="graph")


def test_a_graph_leads_over_several_hops_and_is_named_by_its_digest() -> None:
    raw = json.dumps(document(("4.20.4", "4.21.5"), ("4.21.5", "4.22.2"))).encode()
    found = make({"hub": hub_of("a")}, Disk(graph=raw), graph="graph", target={"version": "4.22.2"})
    [row] = found["plan"]["clusters"]
    assert [s["version"] for s in row["steps"]] == ["4.21.5", "4.22.2", "4.22.2"] and found["plan"]["policy"]["graph"].startswith("sha256:")


def test_the_file_is_written_once_and_kept_while_the_plan_is_the_same() -> None:
    disk, hubs = Disk(), {"hub": hub_of("a")}
    first = make(hubs, disk, dest="plan.json")
    assert first["changed"] is True and read_plan(disk.files["plan.json"].decode(), first["digest"]) == first["plan"]
    later = make(hubs, disk, now=lambda: NOW.replace(hour=23), dest="plan.json")
    assert later["changed"] is False and later["plan"] == first["plan"] and later["dest"] == "plan.json"
    other = make(hubs, disk, now=lambda: NOW.replace(hour=23), dest="plan.json", max_parallel=1)
    assert other["changed"] is True and other["plan"]["created"] == "2026-11-25T23:00:00Z" and other["digest"] != first["digest"]


@pytest.mark.parametrize("content", [b"", b"no json", b"[]", b"{}", b"\xff"])
def test_what_else_stands_in_the_file_is_replaced(content: bytes) -> None:
    disk = Disk(plan=content)
    assert make({"hub": hub_of("a")}, disk, dest="plan")["changed"] is True and disk.files["plan"].startswith(b"{")


def test_a_file_that_was_tampered_with_is_replaced() -> None:
    disk, hubs = Disk(), {"hub": hub_of("a")}
    first = make(hubs, disk, dest="plan")
    disk.files["plan"] = disk.files["plan"].replace(b"4.21.5-multi", b"4.21.6-multi")
    again = make(hubs, disk, dest="plan")
    assert again["changed"] is True and read_plan(disk.files["plan"].decode()) == first["plan"]


def test_check_mode_foretells_and_writes_nothing() -> None:
    disk = Disk(check_mode=True)
    assert make({"hub": hub_of("a")}, disk, dest="plan")["changed"] is True and disk.files == {}


def test_refused_clusters_are_listed_apart() -> None:
    broken = cluster(offers=["4.21.5"], name="broken", patch={"spec": {"pausedUntil": "true"}})
    found = make({"hub": hub_of("a", extra=[broken, pool(name="broken-a", owner="broken")])})
    assert [(r["name"], r["refusals"][0]["code"]) for r in found["refused"]] == [("broken", "paused")]


def test_snapshots_as_etcd_snapshot_info_returns_them() -> None:
    rows = [
        {"namespace": "clusters", "name": "a", "newest": "20261125T200000Z-ab12", "age": 7200, "good": 1, "snapshots": 1, "rpo_met": None}
    ]
    assert make({"hub": hub_of("a")}, snapshots=rows, max_snapshot_age="24h")["refused"] == []
    assert make({"hub": hub_of("a")}, snapshots=rows, max_snapshot_age="1h")["refused"][0]["refusals"][0]["code"] == "snapshot_too_old"


@pytest.mark.parametrize("target", [{}, {"version": "4.21.5", "minor": "4.21"}])
def test_the_argument_spec_wants_one_target(target: Object) -> None:
    with pytest.raises(ValueError, match=r"version|minor|latest"):
        options("upgrade_plan", campaign="autumn", target=target)


def test_a_cluster_that_cannot_be_named_is_planned_and_said() -> None:
    hub = hub_of("a")
    hub.forbidden.add(("get", "Namespace"))
    found = make({"hub": hub})
    assert found["plan"]["hubs"][0]["uid"] == ""
    assert found["table"][-2] == f"hub hub is {hub.server}, cluster unknown"
    assert any("which cluster it is cannot be asked" in note and "get on namespace kube-system" in note for note in found["notes"])


def test_another_cluster_under_the_same_name_is_another_plan() -> None:
    one, other = make({"hub": hub_of("a")}), make({"hub": identify_as(hub_of("a"), "other")})
    assert one["digest"] != other["digest"] and one["table"][-2] == f"hub hub is {MemoryHub.server}, cluster {CLUSTER_UID}"
