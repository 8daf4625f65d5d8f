# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The dashboard template, and finding what the operator made of it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._observability.dashboards import (
    DASHBOARD_KEY,
    found_for,
    refusals,
    same,
    template_text,
)

CLUSTER = {"metadata": {"namespace": "clusters", "name": "demo.x"}, "spec": {"clusterID": "0b5e4b7e-0000-4000-8000-000000000000"}}


@pytest.mark.parametrize(
    ("text", "codes", "words"),
    [
        ('{"title": "__NAMESPACE__/__NAME__", "uid": "__CLUSTER_ID__", "rows": ["__CONTROL_PLANE_NAMESPACE__"]}', [], ""),
        ('{"expr": "up{__name__=~\\"x\\"}[$__rate_interval]"}', [], ""),
        (
            '{"title": "__CLUSTER_NAME__"}',
            ["unknown_placeholder"],
            "Known: __NAME__, __NAMESPACE__, __CONTROL_PLANE_NAMESPACE__, __CLUSTER_ID__.",
        ),
        ('{"id": __NAME__}', ["invalid_template"], "with its placeholders replaced it is no JSON"),
        ("[]", ["invalid_template"], "it is no JSON object"),
        ('{"title": "__NAME"', ["invalid_template"], "no JSON"),
        ('{"a": "__FOO_BAR_BAZ__", "b" 1}', ["unknown_placeholder", "invalid_template"], ""),
    ],
)
def test_templates(text: str, codes: list[str], words: str) -> None:
    found = refusals(text, "ConfigMap hypershift/monitoring-dashboard-template")
    assert [f.code for f in found] == codes and words in " ".join(f.message() for f in found)


@pytest.mark.parametrize(
    ("left", "right", "equal"),
    [
        ('{"a": 1, "b": "__NAME__"}', '{ "b":"__NAME__",\n"a":1}', True),
        ('{"a": "__NAME__"}', '{"a": "__NAMESPACE__"}', False),
        ('{"a": [1, 2]}', '{"a": [2, 1]}', False),
        ("no json", "no json", True),
        ("no json", "{}", False),
    ],
)
def test_what_is_the_same_template(left: str, right: str, equal: bool) -> None:
    assert same(left, right) is equal and same(right, left) is equal


def test_a_template_may_be_given_as_data() -> None:
    assert same(template_text({"a": ["__NAME__"]}), '{"a":["__NAME__"]}') and template_text("{ }") == "{ }"


def config_map(name: str, content: str = "{}", key: str = DASHBOARD_KEY) -> dict[str, Any]:
    return {"metadata": {"name": name}, "data": {key: content}}


@pytest.mark.parametrize(
    ("config_maps", "name", "problem"),
    [
        ([config_map("hc-clusters-demo.x")], "hc-clusters-demo.x", ""),
        ([config_map("x", '{"a": "clusters-demo-x"}'), config_map("cp-clusters-demo.x")], "cp-clusters-demo.x", ""),
        ([config_map("any", '{"expr": "up{namespace=\\"clusters-demo-x\\"}"}')], "any", ""),
        ([config_map("any", '{"id": "0b5e4b7e-0000-4000-8000-000000000000"}')], "any", ""),
        (
            [config_map("any", '{"expr": "up{namespace=\\"clusters-demo-x2\\"}"}'), config_map("other", '"my-clusters-demo-x"')],
            "",
            "it has no dashboard",
        ),
        ([config_map("hc-clusters-demo.x", key="etcd.json")], "", "it has no dashboard"),
        (
            [config_map("hc-clusters-demo.x", "{")],
            "hc-clusters-demo.x",
            "ConfigMap hc-clusters-demo.x holds no JSON: Expecting property name",
        ),
        ([config_map("hc-clusters-demo.x", "[]")], "hc-clusters-demo.x", "ConfigMap hc-clusters-demo.x holds no dashboard"),
        ([], "", "it has no dashboard"),
    ],
)
def test_dashboards_are_found_by_name_and_content(config_maps: list[dict[str, Any]], name: str, problem: str) -> None:
    found = found_for(CLUSTER, config_maps)
    assert found.config_map == name and found.problem.startswith(problem) and bool(found.problem) is bool(problem)
    assert found.as_dict()["ok"] is not bool(problem)
