# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The whole operation on a management cluster in memory: what is read, once each, and what happens when something may not be."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure, OptionError
from ansible_collections.hypershift.core.plugins.module_utils._kernel.operation import run
from ansible_collections.hypershift.core.plugins.module_utils._preflight.inspection import READ
from ansible_collections.hypershift.core.plugins.module_utils._preflight.management_cluster_info import ManagementClusterInfo

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster, options
from preflight.builders import changed


def read(hub: MemoryHub, **given: Any) -> dict[str, Any]:
    return run(ManagementClusterInfo(hub, options("management_cluster_info", **given)), hub, False, lambda _text: None)


def test_each_kind_is_listed_once_and_nothing_is_written() -> None:
    hub = MemoryHub(*changed({}), live_cluster())
    result = read(hub)
    assert result["verdict"] == "ok" and result["changed"] is False and hub.writes == []
    assert [name for verb, name in hub.reads if verb == "list"] == [kind.kind for kind, _namespace in READ]
    assert [name for verb, name in hub.reads if verb == "get"] == ["ConfigMap hypershift/supported-versions"]
    assert result["supported_versions"] == ["4.21", "4.20", "4.19"] and result["server"] == hub.server
    assert (
        result["capacity"]["fits"] == 9
        and next(r for r in result["checks"] if r["check"] == "hosted_cluster_count")["value"] == "1, 2 with the wanted"
    )


def test_options_reach_the_checks() -> None:
    result = read(MemoryHub(*changed({})), platforms=["none"], hosted_clusters=50, availability="SingleReplica")
    assert result["platforms"] == ["none"] and result["capacity"]["wanted"] == 50 and result["verdict"] == "unknown"


@pytest.mark.parametrize("kind", [*(kind.kind for kind, _namespace in READ), "ConfigMap"])
def test_a_kind_that_may_not_be_read_is_no_failure_of_the_module(kind: str) -> None:
    hub = MemoryHub(*changed({}))
    hub.forbidden = {("get" if kind == "ConfigMap" else "list", kind)}
    result = read(hub)
    assert result["summary"]["failed"] == 0
    # Without these the good cluster is as good: they tell defaults, or signs of what is not there.
    silent = kind in ("APIService", "AddOnDeploymentConfig", "HyperConverged", "AgentServiceConfig")
    assert (result["summary"]["unknown"] > 0) is not silent


def test_an_account_without_rights_gets_unknown_alone() -> None:
    hub = MemoryHub(*changed({}))
    hub.forbidden = {("list", kind.kind) for kind, _namespace in READ} | {("get", "ConfigMap")}
    result = read(hub)
    assert result["verdict"] == "unknown" and result["summary"]["unknown"] == result["summary"]["checks"] == 12 and result["capacity"] == {}


def test_a_management_cluster_out_of_reach_is_a_failure() -> None:
    class Down(MemoryHub):
        def list(self, *_given: Any, **_more: Any) -> list[dict[str, Any]]:
            raise ApiError(Failure("unreachable", "it cannot be reached"), 0)

    with pytest.raises(ApiError) as caught:
        read(Down())
    assert caught.value.failure.code == "unreachable"


def test_a_negative_number_is_refused_before_anything_is_read() -> None:
    hub = MemoryHub()
    with pytest.raises(OptionError) as caught:
        read(hub, hosted_clusters=-1)
    assert caught.value.failure.code == "invalid_option" and hub.reads == []
