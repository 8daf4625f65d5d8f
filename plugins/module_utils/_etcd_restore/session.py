# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Where a restore works: hub, journal, Lease, clock, and the few ways in which it changes something."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .._etcd.restore_mark import ANNOTATION
from .._kernel.compare import equal
from .._kernel.errors import ConflictError, Failure, HypershiftError
from .._kernel.facts import Fact, wait_for
from .._kernel.kinds import CONFIG_MAP, HOSTED_CLUSTER, Kind
from .._kernel.objects import Object
from .._kernel.ports.hub import Hub
from .._kernel.run_lease import RunLease
from . import journal as journals
from .journal import Journal, journal_name
from .plan import entry

WRITE_ATTEMPTS = 5


@dataclass
class Session:
    """home: namespace of the control plane. acts: plan entries of what was done. say: a line for people.

    marked: the HostedCluster carries this restore's mark; before that nothing of the cluster was changed.
    """

    hub: Hub
    namespace: str
    name: str
    home: str
    journal: Journal
    lease: RunLease
    timeout: float
    progress: Callable[[str], None]
    acts: list[dict[str, Any]]
    helper_image: str = ""
    marked: bool = False
    started: float = field(default=0.0)

    def __post_init__(self) -> None:
        self.started = self.hub.monotonic()

    @property
    def ref(self) -> str:
        return HOSTED_CLUSTER.ref(self.namespace, self.name)

    def say(self, text: str) -> None:
        minutes, seconds = divmod(int(self.hub.monotonic() - self.started), 60)
        self.progress(f"[{self.name}] {minutes:02d}:{seconds:02d} {text}")

    def did(self, verb: str, ref: str, why: str, disruptive: bool = False) -> None:
        self.acts.append(entry(verb, ref, why, disruptive))

    def wait(self, fact: Fact, timeout: float | None = None) -> None:
        def tell(line: str) -> None:
            self.say(line.partition("] ")[2])

        wait_for(self.hub, fact, self.timeout if timeout is None else timeout, tell)

    def patch(
        self, kind: Kind, namespace: str, live: Object, patch: Object, why: str, disruptive: bool = False
    ) -> Object:
        """The object after the patch. Writes nothing when it is so already; a write whose answer was lost is sent
        again: it is the same."""
        if equal(patch, live):
            return live
        name = live["metadata"]["name"]
        answer = self._write(lambda: self.hub.patch(kind, namespace, name, patch))
        self.did("patch", kind.ref(namespace, name), why, disruptive)
        return answer

    def scale(self, kind: Kind, live: Object, replicas: int, why: str, disruptive: bool = False) -> Object:
        if live["spec"].get("replicas") == replicas:
            return live
        name = live["metadata"]["name"]
        answer = self._write(lambda: self.hub.patch(kind, self.home, name, {"spec": {"replicas": replicas}}))
        self.did("scale", kind.ref(self.home, name), f"to {replicas}: {why}", disruptive)
        return answer

    def create(self, kind: Kind, body: Object, why: str) -> None:
        """One that is there already is left alone."""
        meta = body["metadata"]

        def once() -> Object:
            try:
                return self.hub.create(kind, body)
            except ConflictError as error:
                if error.reason == "AlreadyExists" or self.hub.get(kind, meta["namespace"], meta["name"]):
                    return body
                raise

        self._write(once)
        self.did("create", kind.ref(meta["namespace"], meta["name"]), why)

    def delete(self, kind: Kind, live: Object, why: str) -> None:
        meta = live["metadata"]

        def once() -> Object:
            self.hub.delete(kind, meta["namespace"], meta["name"], meta.get("uid", ""))
            return live

        self._write(once)
        self.did("delete", kind.ref(meta["namespace"], meta["name"]), why)

    def _write(self, send: Callable[[], Object]) -> Object:
        self.lease.check()
        for attempt in range(WRITE_ATTEMPTS):
            try:
                return send()
            except ConflictError:
                if attempt == WRITE_ATTEMPTS - 1:
                    raise
                self.hub.sleep(0.2 * 2**attempt)
                self.lease.check()
        raise HypershiftError(Failure("internal", "writing did not come to an end", self.ref))

    def save(self) -> None:
        """The journal into the management cluster: a step counts as done only after this."""
        name, data = journal_name(self.name), {journals.KEY: self.journal.to_json()}
        body = CONFIG_MAP.manifest(name, self.namespace, data=data)
        body["metadata"]["labels"] = {"app.kubernetes.io/managed-by": "hypershift.core"}

        def once() -> Object:
            if self.hub.get(CONFIG_MAP, self.namespace, name) is None:
                body["metadata"]["ownerReferences"] = self._owner()
                return self.hub.create(CONFIG_MAP, body)
            return self.hub.patch(CONFIG_MAP, self.namespace, name, {"data": data})

        self._write(once)

    def mark(self, state: str) -> None:
        """State of the restore onto its HostedCluster: what a later run goes by. Nothing is to be marked where the
        cluster is gone."""
        cluster = self.hub.get(HOSTED_CLUSTER, self.namespace, self.name)
        if cluster is not None:
            patch = {"metadata": {"annotations": {ANNOTATION: self.journal.mark(state).text()}}}
            self.patch(HOSTED_CLUSTER, self.namespace, cluster, patch, f"marked: restore {self.journal.run} {state}")
        self.marked = True

    def _owner(self) -> list[Object]:
        """A journal must not outlive its hosted cluster: the next one of that name has nothing to do with it."""
        cluster = self.hub.get(HOSTED_CLUSTER, self.namespace, self.name)
        reference = {"apiVersion": HOSTED_CLUSTER.api_version, "kind": HOSTED_CLUSTER.kind, "name": self.name}
        return [{**reference, "uid": cluster["metadata"]["uid"]}] if cluster else []

    def step(self, name: str, work: Callable[[], str | None], again: bool = False) -> None:
        """One step with its entries in the journal. A step that was done is left out unless its effect has to be made
        sure of again."""
        was_done = self.journal.is_done(name)
        if was_done and not again:
            return
        if not was_done:
            self.journal.begin(name, self.hub.now())
            self.save()
        try:
            note = work()
        except HypershiftError as error:
            self.journal.fail(name, str(error))
            raise
        if not was_done or not self.journal.is_done(name):
            self.journal.finish(name, self.hub.now(), note or "")
            self.save()
