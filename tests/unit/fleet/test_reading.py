# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Hubs read side by side: what one of them refuses is a gap where it may be one, and its problem where not."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._fleet.reading import HubSource, read_fleet
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import ApiError, Failure
from ansible_collections.hypershift.core.plugins.module_utils._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, NODE_POOL, Kind
from ansible_collections.hypershift.core.plugins.module_utils._kernel.objects import Object

from builders.memory_hub import MemoryHub
from builders.objects import live_cluster


class Refusing(MemoryHub):
    """status: how it answers a list of the kind."""

    def __init__(self, kind: Kind, status: int) -> None:
        super().__init__(live_cluster())
        self._kind, self._status = kind, status

    def list(self, kind: Kind, *given: Any, **more: Any) -> list[Object]:
        if kind == self._kind:
            raise ApiError(Failure("x", f"it answers {self._status}", f"List of {kind.kind}"), self._status)
        return super().list(kind, *given, **more)


@pytest.mark.parametrize(
    ("status", "optional", "problem"),
    [(403, (NODE_POOL,), None), (500, (NODE_POOL,), "it answers 500"), (403, (), "it answers 403")],
)
def test_only_a_kind_that_may_be_missing_may_be_refused(status: int, optional: tuple[Kind, ...], problem: str | None) -> None:
    kinds = (HOSTED_CLUSTER,) if optional else (HOSTED_CLUSTER, NODE_POOL)
    refusing, good = HubSource("one", lambda: Refusing(NODE_POOL, status)), HubSource("two", lambda: MemoryHub(live_cluster()))
    first, second = read_fleet([refusing, good], kinds, with_minors=False, optional=optional)
    assert (first.problem and first.problem.cause) == problem
    assert (first.name, second.name, second.problem) == ("one", "two", None)


@pytest.mark.parametrize(("status", "problem"), [(403, None), (500, "it answers 500")])
def test_an_account_of_its_own_namespaces_need_not_know_what_is_supported(status: int, problem: str | None) -> None:
    class Hub(Refusing):
        def get(self, kind: Kind, namespace: str | None, name: str) -> Object | None:
            if kind == CONFIG_MAP:
                raise ApiError(Failure("x", f"it answers {status}"), status)
            return super().get(kind, namespace, name)

    (view,) = read_fleet([HubSource("one", lambda: Hub(CONFIG_MAP, status))])
    assert (view.problem and view.problem.cause) == problem
    assert view.minors == ()
