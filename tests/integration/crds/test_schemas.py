# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Our definitions against the real ones, field by field, from the files alone."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from crd_corpus.server import sets

from embedded_hub import crds
from embedded_hub.paths import OWN_CRDS_DIR
from hypershift_simulator.kinds import KINDS

Node = dict[str, Any]

_FACETS = (
    *("type", "format", "pattern", "default", "nullable", "minimum", "maximum", "minLength", "maxLength"),
    *("minItems", "maxItems", "minProperties", "maxProperties"),
    *("x-kubernetes-int-or-string", "x-kubernetes-list-type", "x-kubernetes-list-map-keys", "x-kubernetes-map-type"),
)
_OPEN = "x-kubernetes-preserve-unknown-fields"
_RULES = "x-kubernetes-validations"

# What is simpler here on purpose: the path, the facet and the reason.
_ROUTE = "spec.configuration.ingress.componentRoutes[].hostname"
_RANGES = "spec.operatorConfiguration.ingressOperator.endpointPublishingStrategy.loadBalancer.allowedSourceRanges[]"
_KINDS = ("HostedCluster", "HostedControlPlane")
_SIMPLER = {
    **{(f"{kind}.{_ROUTE}", "pattern"): "ours does not look at the length of a label" for kind in _KINDS},
    **{(f"{kind}.{_RANGES}", "pattern"): "ours takes any text" for kind in _KINDS},
    ("NodePool.spec", "rules about changes"): "arch has a default, so the rule against its removal never speaks",
}


@cache
def _definitions(kind: str) -> dict[str, Node]:
    return {one["metadata"]["name"]: one["spec"] for one in crds.choose(kind).manifests()}


def _differences(own: Node, real: Node, path: str) -> Iterator[str]:
    for facet in _FACETS:
        if own.get(facet) != real.get(facet) and (path, facet) not in _SIMPLER:
            yield f"{path}: {facet} is {own.get(facet)!r} here and {real.get(facet)!r} there"
    yield from _enum(own, real, path)
    yield from _rules(own, real, path)
    yield from _fields(own, real, path)
    for key, step in (("items", "[]"), ("additionalProperties", "{}")):
        if isinstance(own.get(key), dict) and isinstance(real.get(key), dict):
            yield from _differences(own[key], real[key], path + step)
        elif key in own or (key in real and not own.get(_OPEN)):
            yield f"{path}: {key} is not in both"


def _enum(own: Node, real: Node, path: str) -> Iterator[str]:
    if set(own.get("enum", [])) != set(real.get("enum", [])):
        yield f"{path}: the values are {own.get('enum')} here and {real.get('enum')} there"


def _rules(own: Node, real: Node, path: str) -> Iterator[str]:
    """The wording differs; that there are rules, and rules about changes, must not."""
    if own.get(_OPEN) and not real.get(_OPEN):
        return
    for what, wanted in (("rules", ""), ("rules about changes", "oldSelf")):
        found = [any(wanted in rule["rule"] for rule in node.get(_RULES, [])) for node in (own, real)]
        if found[0] != found[1] and (path, what) not in _SIMPLER:
            yield f"{path}: {what}: {found[0]} here and {found[1]} there"


def _fields(own: Node, real: Node, path: str) -> Iterator[str]:
    mine, theirs = own.get("properties", {}), real.get("properties", {})
    partial = own.get(_OPEN) and not real.get(_OPEN)
    names = mine.keys() - theirs.keys() if partial else mine.keys() ^ theirs.keys()
    for name in sorted(names):
        yield f"{path}.{name} is not in both"
    needed = set(own.get("required", [])) ^ set(real.get("required", []))
    if needed and not (partial and set(own.get("required", [])) <= set(real.get("required", []))):
        yield f"{path}: required differs: {sorted(needed)}"
    for name in sorted(mine.keys() & theirs.keys()):
        yield from _differences(mine[name], theirs[name], f"{path}.{name}")


def test_the_files_are_what_the_generator_writes() -> None:
    done = subprocess.run([sys.executable, OWN_CRDS_DIR / "generate.py", "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_every_kind_that_the_simulator_writes_is_there() -> None:
    wanted = {(kind.group, kind.kind, kind.plural, kind.version, kind.namespaced) for kind in KINDS.values() if _is_custom(kind.group)}
    own = {
        (spec["group"], spec["names"]["kind"], spec["names"]["plural"], version["name"], spec["scope"] == "Namespaced")
        for spec in _definitions("own").values()
        for version in spec["versions"]
    }
    assert wanted - own == set()


def _is_custom(group: str) -> bool:
    return group.endswith((".openshift.io", "cluster.x-k8s.io"))


if len(sets()) > 1:

    @pytest.mark.parametrize("name", sorted(_definitions("own")))
    def test_a_definition_stands_for_the_real_one(name: str) -> None:
        mine, theirs = _definitions("own")[name], _definitions("real")[name]
        assert mine["scope"] == theirs["scope"]
        assert mine["names"] == theirs["names"]
        for version in mine["versions"]:
            other = next(one for one in theirs["versions"] if one["name"] == version["name"])
            assert version.get("subresources") == other.get("subresources")
            columns = [column["jsonPath"] for column in other.get("additionalPrinterColumns", [])]
            assert [column for column in version.get("additionalPrinterColumns", []) if column["jsonPath"] not in columns] == []
            assert list(_differences(version["schema"]["openAPIV3Schema"], other["schema"]["openAPIV3Schema"], mine["names"]["kind"])) == []
