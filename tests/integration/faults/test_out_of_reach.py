# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A management cluster that cannot be reached, does not answer, or does not know the account (any more): said in one sentence, in bounded time.

Most of these tasks do nothing but wait, so all of them run at the same time.
"""

from __future__ import annotations

import base64
import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from direct import new
from embedded_hub import EmbeddedHub
from embedded_hub.pki import Authority
from embedded_hub.testing import until
from faults.cases import FOREVER
from faults.doing import Hold, cut, on, raw
from faults.proxy import Proxy, Rule, proxying
from faults.stage import Stage
from playing import Played, Player

INFO = {"hypershift.core.hosted_cluster_info": {"namespace": "clusters"}}
TOKEN_SECONDS = 25


@dataclass
class Slow:
    """kubeconfig and task of one case, what the message must say, and how long it may take, start of Ansible included."""

    kubeconfig: Path
    code: str
    says: str
    seconds: float
    task: dict[str, Any] = field(default_factory=lambda: INFO)
    meanwhile: Callable[[], None] = lambda: None
    in_process: bool = True


def changed(hub: EmbeddedHub, source: Path, name: str, **cluster: str) -> Path:
    """The kubeconfig with another server or CA."""
    config = json.loads(source.read_text())
    config["clusters"][0]["cluster"] |= cluster
    target = source.with_name(f"{name}.kubeconfig")
    target.touch(mode=0o600)
    target.write_text(json.dumps(config))
    return target


def wait_for(stage: Stage, name: str, **options: int) -> dict[str, Any]:
    stage.held(name)
    limits = {"wait_timeout": 100, "progress_timeout": 100, **options}
    return {"hypershift.core.hosted_cluster_wait": {"name": name, "namespace": stage.namespace, "goal": "gone", **limits}}


def expiring(hub: EmbeddedHub, stage: Stage, name: str, seconds: int) -> Path:
    """A service account that may do anything, but not for long."""
    subject = {"kind": "ServiceAccount", "name": name, "namespace": stage.namespace}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"}
    binding = {**new("ClusterRoleBinding", f"{stage.namespace}-{name}"), "roleRef": role, "subjects": [subject]}
    stage.direct.create(new("ServiceAccount", name, stage.namespace), binding)
    return hub.service_account_kubeconfig(stage.namespace, name, seconds)


def refused(stage: Stage, kubeconfig: Path) -> bool:
    """Whether the API server has stopped accepting the token."""
    token = json.loads(kubeconfig.read_text())["users"][0]["user"]["token"]
    review = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    answer = stage.direct.request("POST", "/apis/authentication.k8s.io/v1/tokenreviews", review)
    return not answer["status"].get("authenticated")


def cut_when_expired(stage: Stage, kubeconfig: Path, proxy: Proxy) -> Callable[[], None]:
    """An open watch outlives its token; what comes after does not."""

    def act() -> None:
        until("the watches are open", lambda: len([e for e in proxy.seen if e.verb == "watch"]) >= 3, 60)
        until("the token has ended", lambda: refused(stage, kubeconfig), 90)
        proxy.cut_all()

    return act


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def addresses(hub: EmbeddedHub, kubeconfig: Path, opened: ExitStack) -> dict[str, Slow]:
    """Wrong addresses and certificates."""
    hole = opened.enter_context(socket.create_server(("127.0.0.1", 0)))  # takes connections and never says a word
    nobody, silent = f"https://127.0.0.1:{unused_port()}", f"https://127.0.0.1:{hole.getsockname()[1]}"
    foreign = base64.b64encode(Authority.create("somebody else").cert_pem).decode()
    wrong_ca = changed(hub, kubeconfig, "wrong-ca", **{"certificate-authority-data": foreign})
    refused_at, hole_at = changed(hub, kubeconfig, "refused", server=nobody), changed(hub, kubeconfig, "hole", server=silent)
    return {
        "refused": Slow(refused_at, "unreachable", f"{nobody} cannot be reached to list hostedclusters", 40),
        "refused-module": Slow(refused_at, "unreachable", f"{nobody} cannot be reached to list hostedclusters", 40, in_process=False),
        "black-hole": Slow(hole_at, "unreachable", f"{silent} cannot be reached to list hostedclusters", 60),
        "wrong-ca": Slow(wrong_ca, "untrusted_certificate", "is not signed by the given CA", 30),
        "wrong-ca-module": Slow(wrong_ca, "untrusted_certificate", "is not signed by the given CA", 30, in_process=False),
    }


def silences(hub: EmbeddedHub, kubeconfig: Path, stage: Stage, opened: ExitStack) -> dict[str, Slow]:
    """Servers that answer nothing, or always the same."""

    def proxy(*rules: Rule) -> Path:
        return opened.enter_context(proxying(hub, kubeconfig, *rules)).kubeconfig()

    overloaded = raw(b"<html>no healthy upstream</html>", 503)
    return {
        "no-answer": Slow(proxy(Rule(on("read"), Hold(), FOREVER)), "unreachable", "cannot be reached to list hostedclusters", 90),
        "503-for-ever": Slow(proxy(Rule(on("read"), overloaded, FOREVER)), "api_unavailable", "answered 503", 80),
        "stalled-watch": Slow(
            proxy(Rule(on("watch"), Hold(stream=True), FOREVER)), "no_progress", "nothing has changed for 5 s", 40,
            wait_for(stage, "stalled", progress_timeout=5),
        ),
        "lost-during-wait": Slow(
            proxy(Rule(on("watch"), cut, FOREVER)), "timeout", "cannot be reached to watch", 45, wait_for(stage, "lost", wait_timeout=8),
        ),
        "never-read": Slow(
            proxy(Rule(on("read"), cut, FOREVER)), "timeout", "cannot be reached to list", 45, wait_for(stage, "unread", wait_timeout=8),
        ),
    }  # fmt: skip


def tokens(hub: EmbeddedHub, stage: Stage, opened: ExitStack) -> dict[str, Slow]:
    ended, ending = expiring(hub, stage, "ended", 0), expiring(hub, stage, "ending", TOKEN_SECONDS)
    proxy = opened.enter_context(proxying(hub, ending))
    says = "did not accept the credentials (expired or revoked token"
    return {
        "token-ended": Slow(ended, "unauthorized", says, 30),
        "token-ended-module": Slow(ended, "unauthorized", says, 30, in_process=False),
        "token-ends-during-wait": Slow(
            proxy.kubeconfig(), "unauthorized", says, 110, wait_for(stage, "watched"), cut_when_expired(stage, ending, proxy)
        ),
    }


@pytest.fixture(scope="module")
def played(hub: EmbeddedHub, kubeconfig: Path) -> Iterator[dict[str, tuple[Slow, Played]]]:
    stage = Stage(hub, "reach")
    with ExitStack() as opened, ThreadPoolExecutor(16) as pool:
        cases = tokens(hub, stage, opened) | silences(hub, kubeconfig, stage, opened) | addresses(hub, kubeconfig, opened)
        plays = {n: pool.submit(Player(hub, c.kubeconfig, in_process=c.in_process).play, c.task) for n, c in cases.items()}
        actions = [pool.submit(c.meanwhile) for c in cases.values()]
        yield {name: (cases[name], play.result()) for name, play in plays.items()}
        for action in actions:
            action.result()
    stage.close()


NAMES = [
    *("refused", "refused-module", "black-hole", "wrong-ca", "wrong-ca-module", "no-answer", "503-for-ever", "stalled-watch"),
    *("lost-during-wait", "never-read", "token-ended", "token-ended-module", "token-ends-during-wait"),
]


@pytest.mark.parametrize("name", NAMES)
def test_one_sentence_in_bounded_time(played: dict[str, tuple[Slow, Played]], name: str) -> None:
    case, play = played[name]
    result = play.failed()
    assert result["failure"]["code"] == case.code, result["msg"]
    assert case.says in result["msg"] and result["failure"]["next_step"] and "\n" not in result["msg"]
    assert "Traceback" not in play.output and play.seconds < case.seconds


def test_every_case_is_looked_at(played: dict[str, tuple[Slow, Played]]) -> None:
    assert set(NAMES) == set(played)
