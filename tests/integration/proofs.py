# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Long proofs: what each shows, the sample of it that `make test` runs, and where the whole runs. docs/testing.md has the table.

$HYPERSHIFT_TEST_TIER is `test` (the default), `all` or `soak`; each runs what the ones before it run.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

TIERS = ("test", "all", "soak")
Point = TypeVar("Point")


@dataclass(frozen=True)
class Proof:
    """test: path below tests/integration, with :: and a function where the proof is not the whole file or folder.

    tier: from which on the whole runs. whole: what that is. sample: what `make test` runs of it, by name: points of a
    loop, parameters, or functions. beside: the tests of `make test` that look at the same subject in another way.
    """

    what: str
    test: str
    tier: str
    whole: str
    sample: tuple[str, ...] = ()
    beside: str = ""

    @property
    def path(self) -> str:
        return self.test.partition("::")[0]

    @property
    def function(self) -> str:
        return self.test.partition("::")[2]


PROOFS: dict[str, Proof] = {
    "kill-create": Proof(
        "a killed creation is finished by the next run, with one infraID",
        "faults/test_kill.py::test_create",
        "soak",
        "8 writes, each killed before and after it reached the API server: 16 points",
        ("after-2", "before-6", "after-6", "after-7"),
    ),
    "kill-pause": Proof(
        "a killed pause is finished by the next run",
        "faults/test_kill.py::test_pause",
        "soak",
        "4 writes, before and after: 8 points",
        ("after-1", "before-4"),
    ),
    "kill-delete": Proof(
        "a killed removal is finished by the next run, and nothing is left",
        "faults/test_kill.py::test_delete",
        "soak",
        "10 writes, before and after: 20 points",
        ("after-1", "before-5", "after-5", "after-8", "before-10"),
    ),
    "kill-restore": Proof(
        "a restore killed after any write or command goes on; all members hold the snapshot",
        "etcd_restore/test_kill.py::test_killed_after_every_single_thing_it_goes_on_each_time",
        "soak",
        "three members, each run killed one thing further: about 80 points",
        beside="etcd_restore/test_kill.py::test_killed_once_the_next_run_ends_it: after the exchange, after the swap",
    ),
    "campaign-100": Proof(
        "a campaign that is killed again and again patches every cluster once",
        "upgrades/test_campaign.py::test_a_campaign_of_100_clusters_killed_20_times_ends_as_if_it_never_was",
        "soak",
        "100 clusters in 3 waves, killed 20 times",
        beside="upgrades/test_slices.py: 12 clusters in two slices, both killed",
    ),
    "aws-interrupted": Proof(
        "an AWS platform interrupted at any write is finished by the next run, making and removing",
        "aws/test_interrupted.py",
        "soak",
        "refused, or its answer lost, after each of about 50 writes",
        beside="aws/test_platform.py::test_made_and_then_nothing_is_left_to_do: refused after 20, answer lost after 14",
    ),
    "harness-etcd": Proof(
        "etcd of the tests behaves as the platform's: members, volumes, faults, variants",
        "etcd_harness",
        "all",
        "the harness's own tests",
        ("test_a_server_from_start_to_end", "test_the_pods_look_like_those_of_the_platform"),
        "etcd, etcd_restore, etcd_roles: they fail where the harness does",
    ),
    "harness-hub": Proof(
        "the hub's own promises: its life, access, pods, port-forward, copies",
        "hub",
        "all",
        "the harness's own tests",
        ("test_everything_listens_on_loopback_only", "test_rights_come_from_rbac", "test_an_open_watch_is_in_the_audit_log"),
    ),
    "harness-simulator": Proof(
        "the simulator's timeline and faults on a real API server",
        "simulator",
        "all",
        "4 stories",
        beside="tests/unit/simulator: the same players in memory",
    ),
    "lifecycle": Proof(
        "the main job through both execution paths",
        "test_lifecycle.py",
        "all",
        "every story as in-process action and as ordinary module",
        ("in_process",),
        "stage smoke: the main story as an ordinary module on core 2.16",
    ),
    "quorum-lost": Proof(
        "quorum lost under load is restored through both execution paths",
        "etcd_restore/test_restore.py::test_quorum_lost_under_load_is_restored_by_tasks",
        "all",
        "as in-process action and as ordinary module",
        ("in_process",),
    ),
    "engine-story": Proof(
        "engine and add-on from nothing and back, through both execution paths",
        "ground/test_story.py::test_install_configure_upgrade_remove",
        "all",
        "as in-process action and as ordinary module",
        ("module",),
    ),
}


def tier() -> str:
    found = os.environ.get("HYPERSHIFT_TEST_TIER") or TIERS[0]
    if found not in TIERS:
        raise ValueError(f"HYPERSHIFT_TEST_TIER is {found!r}; it is one of {', '.join(TIERS)}")
    return found


def is_whole(proof: Proof) -> bool:
    """Whether this run shows the whole of the proof."""
    return TIERS.index(tier()) >= TIERS.index(proof.tier)


def points(name: str, every: Iterable[Point], named: Callable[[Point], str] = str) -> list[Point]:
    """The points of a loop that this run looks at: all of them, or those of the sample, by their names."""
    found = {named(point): point for point in every}
    proof = PROOFS[name]
    return list(found.values()) if is_whole(proof) else [found[point] for point in proof.sample]


def runs(path: str, function: str, parameters: Iterable[str]) -> bool:
    """Whether this run looks at a test: path below tests/integration, function, and the names of its parameters."""
    for proof in PROOFS.values():
        inside = path == proof.path or path.startswith(f"{proof.path}/")
        if not inside or is_whole(proof) or proof.function not in ("", function):
            continue
        chosen = {function, *parameters} & set(proof.sample)
        if not chosen and not (proof.function and proof.sample and not parameters):
            return False
    return True
