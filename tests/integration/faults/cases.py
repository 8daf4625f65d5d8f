# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Faults that a count of requests decides, so that they can all run in one play: what the proxy does, to which task, and how it ends."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from direct import IMAGE, SPEED, Obj
from faults.doing import BROKEN, BUSY, Do, before, broken_after, cut, cut_after, garbled, gone_in_stream, on, raw, status, torn
from faults.proxy import Rule

SLOW = "0.0000001"
HTML = b"<html><body>Please log in</body></html>"
FOREVER = 10**6


@dataclass(frozen=True)
class Case:
    """module and options of the task; rules: what the proxy does, given how the test ends the wait.

    code: of the failure, empty when the task must succeed. says: words that the message, or a line of progress, must have.
    writes: how often which write may have reached the API server and succeeded.
    """

    module: str
    options: Obj
    rules: Callable[[Callable[[], None]], list[Rule]]
    code: str = ""
    says: str = ""
    trouble: str = ""
    writes: dict[str, int] = field(default_factory=dict)
    changed: bool | None = None


def _read(rule: Do, times: int = 1, **expected: Any) -> Case:
    return Case("hosted_cluster_info", {}, lambda _end: [Rule(on("read"), rule, times)], **expected)


def _create(verb: str, resource: str, rule: Do, times: int = 1, **expected: Any) -> Case:
    options = {"platform": "kubevirt", "release_image": IMAGE, "pull_secret": {"content": "{}"}, "annotations": {SPEED: SLOW},
               "node_pools": [{"name": "{name}", "replicas": 1}], "wait": False}  # fmt: skip
    writes = {} if expected.get("code") else {"create secrets": 1, "create hostedclusters": 1, "create nodepools": 1}
    return Case("hosted_cluster", options, lambda _end: [Rule(on(verb, resource), rule, times)], writes=writes, **expected)


def _change(rule: Do, times: int = 1, **expected: Any) -> Case:
    """One patch of a cluster that exists."""
    options = {"labels": {"changed": "yes"}, "wait": False}
    return Case("hosted_cluster", options, lambda _end: [Rule(on("patch"), rule, times)], **expected)


def _wait(rule: Do, times: int = 1, verb: str = "watch", **expected: Any) -> Case:
    """A wait for the end of a cluster; it ends once the watch after the fault has been opened."""

    def rules(end: Callable[[], None]) -> list[Rule]:
        return [Rule(on(verb, "hostedclusters"), rule, times), Rule(on("watch", "hostedclusters"), before(end))]

    return Case("hosted_cluster_wait", {"goal": "gone", "wait_timeout": 60, "progress_timeout": 60}, rules, **expected)


_BAD_GATEWAY = raw(b"<html>bad gateway</html>", 502)
_GONE = status(410, "Expired", "too old resource version")
_CONFLICT = status(409, "Conflict", "the object has been modified")
_NOT_SPOKEN = "did not answer as a Kubernetes API server does"

CASES: dict[str, Case] = {
    # During plan: reads are repeated.
    "plan-429": _read(BUSY, 2),
    "plan-500": _read(BROKEN, 3),
    "plan-502-html": _read(_BAD_GATEWAY, 2),
    "plan-cut": _read(cut, 2),
    # During apply: what surely did not happen is sent again, what may have happened is planned again.
    "apply-429": _create("create", "secrets", BUSY, 2, changed=True),
    "apply-500-not-done": _create("create", "hostedclusters", BROKEN, 2, changed=True),
    "apply-500-though-done": _create("create", "hostedclusters", broken_after, changed=True),
    "apply-cut-not-done": _create("create", "secrets", cut, 2, changed=True),
    "apply-cut-though-done": _create("create", "nodepools", cut_after, changed=True),
    "apply-409": _change(_CONFLICT, 2, changed=True, writes={"patch hostedclusters": 1}),
    "apply-patch-cut-not-done": _change(cut, changed=True, writes={"patch hostedclusters": 1}),
    "apply-patch-cut-though-done": _change(cut_after, changed=True, writes={"patch hostedclusters": 1}),
    "apply-500-for-ever": _create("create", "hostedclusters", BROKEN, FOREVER, code="unknown_outcome", says="etcdserver: leader changed"),
    "apply-409-for-ever": _change(_CONFLICT, FOREVER, code="conflict", says="changed by somebody else meanwhile"),
    # During the wait: list and watch again.
    "wait-429": _wait(BUSY, 2, trouble="too many requests"),
    "wait-500": _wait(BROKEN, 3, trouble="etcdserver: leader changed"),
    "wait-502-html": _wait(_BAD_GATEWAY, 2, trouble="answered 502"),
    "wait-410-event": _wait(gone_in_stream, 2),
    "wait-410-answer": _wait(_GONE, 2),
    "wait-cut": _wait(cut, 2, trouble="cannot be reached to watch"),
    "wait-torn": _wait(torn, 2),
    "wait-garbled": _wait(garbled, 2),
    "wait-list-500": _wait(BROKEN, 3, verb="read", trouble="etcdserver: leader changed"),
    "wait-list-html": _wait(raw(HTML), 2, verb="read", trouble=_NOT_SPOKEN),
    # Answers that make no sense.
    "answer-html": _read(raw(HTML), FOREVER, code="unexpected_answer", says=_NOT_SPOKEN),
    "answer-redirect": _read(raw(b"", 302, Location="https://login.example.com/"), FOREVER, code="unexpected_answer", says="302"),
    "answer-torn": _read(raw(b'{"kind": "HostedClusterList", "items": [{"meta'), FOREVER, code="unexpected_answer", says=_NOT_SPOKEN),
    "answer-no-object": _read(raw(b"[]"), FOREVER, code="unexpected_answer", says=_NOT_SPOKEN),
    "answer-empty": _read(raw(b""), FOREVER, code="unexpected_answer", says=_NOT_SPOKEN),
}
# Through the ordinary module too: one of each kind.
SAMPLE = (
    "plan-429",
    "apply-500-though-done",
    "apply-patch-cut-though-done",
    "apply-409-for-ever",
    "wait-410-event",
    "wait-list-html",
    "answer-html",
)
