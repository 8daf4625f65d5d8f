# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every object of the corpus gets its verdict from an API server with our definitions, and from one with the real ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from crd_corpus.cases import Case, all_cases
from crd_corpus.server import Server, Verdict, sets

from embedded_hub import crds

_ALL = all_cases()
_ACCEPTED = sorted(name for name, case in _ALL.items() if case.accepted)

Verdicts = dict[str, dict[str, Verdict]]


@pytest.fixture(scope="module")
def verdicts(servers: dict[str, Server]) -> Verdicts:
    return {kind: server.judge_all(_ALL.values()) for kind, server in servers.items()}


def _contains(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(key in found and _contains(found[key], value) for key, value in wanted.items())
    if isinstance(wanted, list) and isinstance(found, list):
        return len(found) == len(wanted) and all(map(_contains, found, wanted))
    return bool(found == wanted)


def _check_rejection(case: Case, verdict: Verdict) -> None:
    assert not verdict.accepted, "it is accepted"
    messages = verdict.at(case.path)
    assert messages, f"nothing is said about {case.path}: {verdict.message}"
    assert any(case.message_contains.lower() in message.lower() for message in messages), messages


@pytest.mark.parametrize("name", sorted(_ALL))
def test_verdict(kind: str, name: str, verdicts: Verdicts) -> None:
    case, verdict = _ALL[name], verdicts[kind][name]
    if not case.accepted:
        _check_rejection(case, verdict)
        return
    assert verdict.accepted, verdict.message
    assert _contains(verdict.object, case.defaulted), verdict.object.get("spec")


@pytest.mark.parametrize("name", _ACCEPTED)
def test_nothing_is_lost(kind: str, name: str, verdicts: Verdicts) -> None:
    """What was sent is what is stored, defaults aside."""
    part = _ALL[name].subresource or "spec"
    assert _contains(verdicts[kind][name].object.get(part), _ALL[name].object.get(part))


def _places(verdict: Verdict) -> set[str]:
    # <nil> also stands for "there may be more".
    return {cause.field for cause in verdict.causes} - {"<nil>"}


if len(sets()) > 1:

    @pytest.mark.parametrize("name", _ACCEPTED)
    def test_same_defaults(name: str, verdicts: Verdicts) -> None:
        """The object as it would be stored is the same under both sets."""
        own, real = (verdicts[kind][name].object for kind in ("own", "real"))
        assert (own.get("spec"), own.get("status")) == (real.get("spec"), real.get("status"))

    @pytest.mark.parametrize("name", sorted(_ALL.keys() - set(_ACCEPTED)))
    def test_same_complaints(name: str, verdicts: Verdicts) -> None:
        """Both sets find fault with the same fields and with no other."""
        own, real = (verdicts[kind][name] for kind in ("own", "real"))
        assert _places(own) == _places(real)


def _rules(node: dict[str, Any], path: str) -> Iterator[tuple[str, str]]:
    for rule in node.get("x-kubernetes-validations", []):
        yield path or "<nil>", rule["message"]
    for name, field in node.get("properties", {}).items():
        yield from _rules(field, f"{path}.{name}".lstrip("."))
    for key in ("items", "additionalProperties"):
        if isinstance(node.get(key), dict):
            yield from _rules(node[key], f"{path}[]")


@pytest.mark.parametrize("plural", ["hostedclusters", "nodepools"])
def test_every_rule_has_a_case(plural: str, verdicts: Verdicts) -> None:
    """No rule of ours that no case of the corpus offends against: it could say anything."""
    definition = next(one["spec"] for one in crds.choose("own").manifests() if one["spec"]["names"]["plural"] == plural)
    offended = {(re.sub(r"\[\d+\]", "[]", cause.field), cause.message) for verdict in verdicts["own"].values() for cause in verdict.causes}
    said = {path: [message for where, message in offended if where == path] for path, _message in offended}
    rules = set(_rules(definition["versions"][0]["schema"]["openAPIV3Schema"], ""))
    missing = [rule for rule in sorted(rules) if not any(message.endswith(rule[1]) for message in said.get(rule[0], []))]
    assert missing == []
