# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every type, value, length, pattern and required field of our definitions holds, in ours and in the real ones."""

from __future__ import annotations

from functools import cache

import pytest
from crd_corpus.cases import Obj, all_cases
from crd_corpus.server import Server, Verdict
from crd_corpus.violations import WORDS, Violation, violations

from embedded_hub import crds


@cache
def _definitions() -> dict[str, Obj]:
    return {one["metadata"]["name"]: one["spec"] for one in crds.choose("own").manifests()}


def _with_status() -> list[str]:
    return [name for name, spec in sorted(_definitions().items()) if violations(spec, "status")]


def _frame(definition: Obj) -> Obj:
    version = f"{definition['group']}/{definition['versions'][0]['name']}"
    return {"apiVersion": version, "kind": definition["names"]["kind"], "metadata": {"name": "limits"}}


def _example(definition: Obj) -> Obj:
    """An object that is accepted, from the corpus."""
    frame = _frame(definition)
    cases = [case for case in all_cases().values() if case.accepted and case.object["kind"] == frame["kind"]]
    return {**frame, "spec": next(case.before or case.object for case in cases)["spec"]}


def _faults(broken: list[Violation], verdicts: list[Verdict]) -> list[str]:
    found = []
    for violation, verdict in zip(broken, verdicts, strict=True):
        messages = verdict.at(violation.path)
        if not any(WORDS[violation.limit] in message for message in messages):
            found.append(f"{violation.path}: {violation.limit}: {messages or 'nothing is said'}")
    return found


@pytest.mark.parametrize("name", sorted(_definitions()))
def test_limits_of_the_spec(kind: str, name: str, servers: dict[str, Server]) -> None:
    definition = _definitions()[name]
    broken = violations(definition, "spec")
    verdicts = servers[kind].create_all([{**_frame(definition), **one.object} for one in broken])
    assert _faults(broken, verdicts) == []


@pytest.mark.parametrize("name", _with_status())
def test_limits_of_the_status(kind: str, name: str, servers: dict[str, Server]) -> None:
    definition = _definitions()[name]
    broken = violations(definition, "status")
    verdicts = servers[kind].update_status_all(_example(definition), [one.object for one in broken])
    assert _faults(broken, verdicts) == []


def test_there_are_many() -> None:
    """The walk reaches the depths: a wrong turn would leave the tests above with nothing to do."""
    cluster, pool = (_definitions()[f"{plural}.hypershift.openshift.io"] for plural in ("hostedclusters", "nodepools"))
    assert len(violations(cluster, "spec")) > 800
    assert len(violations(cluster, "status")) > 200
    assert len(violations(pool, "spec")) > 200
