# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Relabel configurations as Prometheus takes them, the SRE set, and what the operator runs with."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._observability import metrics_sets
from ansible_collections.hypershift.core.plugins.module_utils._observability.relabeling import problem, problems

NAME = ["__name__"]


@pytest.mark.parametrize(
    "rule",
    [
        {"action": "drop", "regex": "etcd_(debugging|disk).*", "sourceLabels": NAME},
        {"action": "Keep", "regex": "(a|b)", "sourceLabels": ["__name__", "le"], "separator": "-"},
        {"targetLabel": "cluster", "replacement": "x"},
        {"action": "replace", "sourceLabels": ["a"], "targetLabel": "pre_${1}_$2", "regex": "(.*)-(.*)"},
        {"action": "hashmod", "sourceLabels": ["pod"], "targetLabel": "shard", "modulus": 4},
        {"action": "labelmap", "regex": "__meta_(.+)", "replacement": "k8s_$1"},
        {"action": "labelmap", "regex": "__meta_(.+)"},
        {"action": "labeldrop", "regex": "tmp_.*"},
        {"action": "LabelKeep", "regex": "a|b", "separator": ";"},
        {"action": "lowercase", "sourceLabels": ["a"], "targetLabel": "b"},
        {"action": "uppercase", "sourceLabels": ["a"], "targetLabel": "b", "replacement": "$1"},
        {"action": "keepequal", "sourceLabels": ["a"], "targetLabel": "b"},
        {"action": "DropEqual", "sourceLabels": ["a"], "targetLabel": "b"},
    ],
)
def test_what_prometheus_takes(rule: dict[str, Any]) -> None:
    assert list(problems(rule)) == []


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ("drop", ["it is no mapping"]),
        ({}, ["action replace needs targetLabel"]),
        ({"action": "remove"}, ["action remove is none (known: replace, keep"]),
        ({"action": "labeldorp"}, ["action labeldorp is none (did you mean labeldrop?)"]),
        ({"action": "drop", "source_labels": NAME}, ["source_labels is no field of it (did you mean sourceLabels?)"]),
        ({"action": "drop", "regexp": "x"}, ["regexp is no field of it (did you mean regex?)"]),
        ({"action": "drop", "sourceLabels": "__name__"}, ["sourceLabels is '__name__', and must be a list of texts"]),
        ({"action": "drop", "sourceLabels": [1]}, ["sourceLabels is [1], and must be a list of texts"]),
        ({"action": "drop", "regex": 5}, ["regex is 5, and must be a text"]),
        ({"action": "hashmod", "targetLabel": "a", "modulus": "4"}, ["modulus is '4', and must be a number"]),
        ({"action": "hashmod", "targetLabel": "a", "modulus": True}, ["modulus is True, and must be a number"]),
        ({"action": "hashmod", "targetLabel": "a", "modulus": -1}, ["modulus is -1, and must not be below 0"]),
        ({"action": "hashmod"}, ["action hashmod needs targetLabel", "action hashmod needs modulus above 0"]),
        ({"action": "keepequal", "targetLabel": "a"}, ["action keepequal needs sourceLabels"]),
        (
            {"action": "dropequal", "sourceLabels": ["a"], "targetLabel": "b", "regex": "x"},
            ["takes only sourceLabels and targetLabel, not regex"],
        ),
        ({"action": "labeldrop", "regex": "x", "sourceLabels": ["a"]}, ["action labeldrop takes only regex, not sourceLabels"]),
        ({"action": "labelkeep", "regex": "x", "replacement": "y", "targetLabel": "z"}, ["takes only regex, not replacement, targetLabel"]),
        ({"action": "lowercase", "sourceLabels": ["a"], "targetLabel": "b", "replacement": "c"}, ["action lowercase takes no replacement"]),
        ({"action": "uppercase", "sourceLabels": ["a"]}, ["action uppercase needs targetLabel"]),
        ({"action": "drop", "sourceLabels": ["a-b"]}, ["sourceLabels has 'a-b', which is no name of a label"]),
        ({"targetLabel": "a-b"}, ["targetLabel 'a-b' is no name of a label"]),
        ({"action": "hashmod", "targetLabel": "$1", "modulus": 2}, ["targetLabel '$1' is no name of a label"]),
        ({"action": "labelmap", "regex": "x", "replacement": "a b"}, ["replacement 'a b' makes no name of a label"]),
        (
            {"action": "drop", "regex": "(a", "sourceLabels": NAME},
            ["regex '(a' cannot be used: it is none: missing ), unterminated subpattern"],
        ),
    ],
)
def test_what_prometheus_refuses(rule: Any, words: list[str]) -> None:
    found = list(problems(rule))
    assert len(found) == len(words) and all(word in said for word, said in zip(words, found, strict=True))


@pytest.mark.parametrize(
    "pattern",
    ["", ".*", r"a{2,1000}", r"(?i)abc", r"(?P<n>a)", r"(?<n>a)", r"\pL+\z", r"\Q(?=\E", r"[[:alpha:]]+", r"a(?i)b", r"[(?=]", r"\(\?=", r"[\]1]+\.", r"\\1",
     r"(?:a|b)*?", r"x\x{10FFFF}", r"(?U)a+"],
)  # fmt: skip
def test_expressions_that_re2_knows(pattern: str) -> None:
    assert problem(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"a(?=b)", "a lookahead"), (r"a(?!b)", "a lookahead"), (r"(?<=a)b", "a lookbehind"), (r"(?<!a)b", "a lookbehind"), (r"(a)\1", "a backreference"),
        (r"(?P<n>a)(?P=n)", "a backreference"), (r"a++", "a possessive quantifier"), (r"(?>a)", "an atomic group"), (r"(a)?(?(1)b|c)", "a condition"),
        (r"(?#x)a", "a comment"), (r"a\Z", "\\Z"), (r"a{1001}", "more than 1000 times"), (r"a{2,1001}", "more than 1000 times"), (r"*a", "it is none"),
        (r"[a", "it is none"), (r"a**", "it is none"), (r"a)", "it is none"),
    ],
)  # fmt: skip
def test_expressions_that_re2_does_not_know(pattern: str, words: str) -> None:
    assert words in problem(pattern)


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"etcd": [{"action": "drop", "sourceLabels": NAME, "regex": "x"}], "kubeScheduler": []}, []),
        ({"kubeApiServer": []}, [("unknown_component", "kubeApiServer is no component of the SRE metrics set", "Did you mean kubeAPIServer?")]),
        ({"zzz": []}, [("unknown_component", "zzz is no component of the SRE metrics set", "Known: etcd, ")]),
        ({"etcd": {"action": "drop"}}, [("invalid_relabel_config", "etcd must have a list of relabel configurations", "Give a list")]),
        ({"olm": [{"action": "labeldrop", "regex": "x"}, {"action": "keep", "regex": "(?=x)"}]},
         [("invalid_relabel_config", "relabel configuration 2 of olm: regex '(?=x)' cannot be used: it has a lookahead", "Correct it")]),
    ],
)  # fmt: skip
def test_the_sre_set(config: dict[str, Any], expected: list[tuple[str, str, str]]) -> None:
    found = metrics_sets.refusals(config, "ConfigMap hypershift/sre-metric-set")
    assert [f.code for f in found] == [code for code, _cause, _step in expected]
    for failure, (_code, cause, step) in zip(found, expected, strict=True):
        assert (
            failure.cause.startswith(cause)
            and failure.next_step.startswith(step)
            and failure.object == "ConfigMap hypershift/sre-metric-set"
        )


def test_undocumented_components_are_noted() -> None:
    assert metrics_sets.notes({"etcd": []}) == [] and "kubeScheduler, kubeSchedulerResourceMetrics" in metrics_sets.notes(
        {"kubeSchedulerResourceMetrics": [], "kubeScheduler": []}
    )[0]  # fmt: skip
    assert metrics_sets.counts({"olm": [{}, {}], "etcd": []}) == {"etcd": 0, "olm": 2}


def operator(*args: str, **env: str) -> dict[str, Any]:
    container = {"name": "operator", "args": ["run", *args], "env": [{"name": key, "value": value} for key, value in env.items()]}
    return {"spec": {"template": {"spec": {"containers": [{"name": "init"}, container]}}}}


@pytest.mark.parametrize(
    ("deployment", "known_set", "dashboards"),
    [
        (None, "Telemetry", False),
        (operator(), "Telemetry", False),
        (operator("--metrics-set=All", "--monitoring-dashboards"), "All", True),
        (operator("--metrics-set", "sre", "--monitoring-dashboards", "--other"), "SRE", True),
        (operator("--monitoring-dashboards=false", MONITORING_DASHBOARDS="1"), "Telemetry", False),
        (operator(METRICS_SET="all", MONITORING_DASHBOARDS="1"), "All", True),
        (operator("--metrics-set=SRE", METRICS_SET="All"), "SRE", False),
    ],
)
def test_what_the_operator_runs_with(deployment: dict[str, Any] | None, known_set: str, dashboards: bool) -> None:
    assert (metrics_sets.operator_set(deployment), metrics_sets.operator_makes_dashboards(deployment)) == (known_set, dashboards)


def definition(**monitoring: Any) -> dict[str, Any]:
    spec = {"properties": {"monitoring": {"properties": monitoring}}}
    return {"spec": {"versions": [{"served": True, "schema": {"openAPIV3Schema": {"properties": {"spec": spec}}}}]}}


def test_whether_hosted_clusters_have_a_set_of_their_own() -> None:
    assert metrics_sets.override_is_known(definition(metricsSet={"type": "string"}))
    assert not metrics_sets.override_is_known(definition(other={})) and not metrics_sets.override_is_known(None)
