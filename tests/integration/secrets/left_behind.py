# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A hosted cluster in whose objects, events and logs others have left secrets. It is paused, so that nobody but the test writes its status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible_collections.hypershift.core.plugins.module_utils._campaigns.plan import digest_of
from ansible_collections.hypershift.core.plugins.module_utils._health.pauses import REASON

from direct import IMAGE, Direct, hosted_cluster, new, node_pool
from direct import path as path_of
from embedded_hub import Container, EmbeddedHub
from embedded_hub.testing import until

from everywhere import FORMS, KEYS, Everywhere, Obj, b64, kubeconfig, pull_secret  # isort: skip

NAMESPACE, NAME, CONTROL_PLANE, OPERATOR = "everywhere", "safe", "everywhere-safe", "hypershift"
POD = "kube-apiserver-0"
# Which forms stand in which place; the logs have all of them, each in a log of its own.
PLACES: dict[str, tuple[str, ...]] = {
    "an annotation of the HostedCluster": ("plain", "JSON", "URL", "JWT", "variables"),
    "the reason of a pause": ("bearer", "option"),
    "a condition of the HostedCluster": ("plain", "URL", "bearer", "basic", "JSON in JSON", "PEM", "kubeconfig in base64", "gzip"),
    "a condition of the NodePool": ("header map", "token in a URL", "pull secret", "beginning of a key"),
    "an annotation of the NodePool": ("environment", "webhook"),
    "a ConfigMap of the HostedCluster": (
        "ignition",
        "kubeconfig",
        "pull secret",
        "YAML block",
        "PEM",
        "PEM in base64",
        "key without its edges",
    ),
    "a ConfigMap of the control plane": ("gzip", "zlib in JSON", "base64 twice", "PEM in JSON in JSON", "pull secret in base64", "curl"),
    "a ConfigMap of the operator": ("environment", "PEM in base64 lines", "cookie"),
    "an annotation of a pod": ("JSON", "signed URL", "PEM in JSON"),
    "an argument of a pod": ("option", "curl", "URL"),
    "a Deployment": ("variables", "base64 behind a path"),
    "an event": ("plain", "URL", "bearer", "basic", "JWT", "base64", "end of a key"),
    "the journal of a campaign": ("plain", "URL", "JSON in JSON"),
    "a log": (*FORMS, *KEYS),
}
ALLOWED = "a label that nobody takes for a secret"


class LeftBehind:
    def __init__(self, hub: EmbeddedHub, folder: Path) -> None:
        self.hub, self.direct, self.planted, self._folder = hub, Direct(hub), Everywhere(), folder
        self.texts = {place: {form: self.planted.text(place, form) for form in forms} for place, forms in PLACES.items()}
        self.label = self.planted.word(ALLOWED)
        self.plan = _plan_of_a_campaign()

    def up(self) -> None:
        self.direct.create(*(new("Namespace", name) for name in (NAMESPACE, CONTROL_PLANE, OPERATOR)))
        password, special = self.planted.word("a Secret"), f'ä"\\ {self.planted.word("a Secret", "with what JSON escapes")}'
        self.direct.create(
            new("Secret", "copied", NAMESPACE, data={"password": password, "token": special.replace(" ", "")}),
            new("Secret", f"{NAME}-pull-secret", NAMESPACE, data={".dockerconfigjson": pull_secret(self.planted.word("a pull Secret"))}),
            new("Secret", "admin-kubeconfig", CONTROL_PLANE, data={"kubeconfig": kubeconfig(self.planted.word("a kubeconfig Secret"))}),
            self._cluster(),
            node_pool(NAME, NAMESPACE, NAME, {"pausedUntil": "true"}, annotations=self._numbered("an annotation of the NodePool")),
        )
        copies = {
            "plain": f"it is {password} again", "encoded": b64(f"robot {password} and more"), "json": json.dumps({"x": special.replace(" ", "")}),
        }  # fmt: skip
        allowed = {"allowed": b64(f"a sentence with the word {self.label} in it")}
        self.direct.create(
            new("ConfigMap", "left", NAMESPACE, data=self._numbered("a ConfigMap of the HostedCluster") | copies),
            new("ConfigMap", "left", CONTROL_PLANE, data=self._numbered("a ConfigMap of the control plane") | allowed),
            new("ConfigMap", "left-by-tests", OPERATOR, data=self._numbered("a ConfigMap of the operator")),
        )
        self._conditions("HostedCluster")
        self._conditions("NodePool")
        self._events()
        self._workloads()

    def down(self) -> None:
        self.hub.unregister_pod(CONTROL_PLANE, POD)
        self.direct.end("NodePool", NAMESPACE, NAME)
        self.direct.end("HostedCluster", NAMESPACE, NAME)
        self.direct.delete("ConfigMap", OPERATOR, "left-by-tests")
        for namespace in (NAMESPACE, CONTROL_PLANE):
            self.direct.delete("Namespace", "", namespace)

    def _numbered(self, place: str) -> dict[str, str]:
        return {f"note-{number}": text for number, text in enumerate(self.texts[place].values())}

    def _cluster(self) -> Obj:
        proxy = {"proxy": {"httpProxy": f"http://robot:{self.planted.word('the proxy')}@proxy.example.com:3128"}}
        notes = self._numbered("an annotation of the HostedCluster") | {
            REASON: " ".join(self.texts["the reason of a pause"].values()),
            "example.com/password": self.planted.word("an annotation of the HostedCluster", "by its name"),
        }
        return hosted_cluster(
            NAME, NAMESPACE, {"pausedUntil": "true", "configuration": proxy}, annotations=notes, labels={"note": self.label}
        )

    def _conditions(self, kind: str) -> None:
        """Available and Ready among them, so that the verdict speaks of one."""
        types = ["Available" if kind == "HostedCluster" else "Ready", "Degraded", "ReconciliationSucceeded"]
        types += [f"Other{number}" for number in range(9)]
        rows = [
            {"type": type_, "status": "False", "reason": "Broken", "message": text, "lastTransitionTime": "2026-11-30T10:00:00Z", "observedGeneration": 1}
            for type_, text in zip(types, self.texts[f"a condition of the {kind}"].values(), strict=False)
        ]  # fmt: skip
        where = path_of(kind, NAMESPACE, NAME)

        def written() -> bool:
            self.direct.request("PATCH", f"{where}/status", {"status": {"conditions": rows}})
            found = self.direct.get(kind, NAMESPACE, NAME) or {}
            return [c["type"] for c in (found.get("status") or {}).get("conditions") or ()] == [r["type"] for r in rows]

        until(f"{kind} has our conditions", written)

    def _events(self) -> None:
        texts = self.texts["an event"].values()
        for number, text in enumerate(texts):
            namespace = (NAMESPACE, CONTROL_PLANE)[number % 2]
            about = {"kind": "HostedCluster", "namespace": namespace, "name": NAME, "apiVersion": "hypershift.openshift.io/v1beta1"}
            event = {
                "metadata": {"name": f"left-{number}", "namespace": namespace}, "involvedObject": about, "reason": "Failed", "type": "Warning",
                "message": text[:1020], "firstTimestamp": "2026-11-30T10:00:00Z", "lastTimestamp": "2026-11-30T10:00:00Z",
            }  # fmt: skip
            self.direct.request("POST", f"/api/v1/namespaces/{namespace}/events", event)

    def _workloads(self) -> None:
        """A pod with a container for each log, and a Deployment that nobody starts."""
        variables = [{"name": "MIRROR_PASSWORD", "value": self.planted.word("a variable of a pod")}]
        containers: list[Obj] = []
        for number, text in enumerate(self.texts["a log"].values()):
            name = f"c{number}"
            containers.append({"name": name, "image": "example.com/pod"})
            log = self._folder / f"{name}.log"
            log.write_text(f"begins\n{text}\nends\n")
            self.hub.register_container(CONTROL_PLANE, POD, name, Container(log=str(log)))
        containers[0] |= {
            "env": variables,
            "args": [*self.texts["an argument of a pod"].values(), "--token", self.planted.word("a list of arguments")],
        }
        meta = {"name": POD, "namespace": CONTROL_PLANE, "annotations": self._numbered("an annotation of a pod")}
        self.direct.request("POST", f"/api/v1/namespaces/{CONTROL_PLANE}/pods", {"metadata": meta, "spec": {"containers": containers}})
        labels = {"app": "left"}
        template = {"metadata": {"labels": labels, "annotations": self._numbered("a Deployment")}, "spec": {"containers": containers[:1]}}
        deployment = {
            "metadata": {"name": "left", "namespace": CONTROL_PLANE},
            "spec": {"replicas": 0, "selector": {"matchLabels": labels}, "template": template},
        }
        self.direct.request("POST", f"/apis/apps/v1/namespaces/{CONTROL_PLANE}/deployments", deployment)

        def running() -> bool:
            pod = self.direct.request("GET", f"/api/v1/namespaces/{CONTROL_PLANE}/pods/{POD}")
            found = pod["status"].get("containerStatuses") or []
            return len(found) == len(containers) and all("running" in entry["state"] for entry in found)

        until("the pod runs", running)


def _plan_of_a_campaign() -> Obj:
    step = {"kind": "control_plane", "version": "4.20.9", "image": IMAGE.replace("4.20.4", "4.20.9"), "risks": [], "pools": []}
    entry: dict[str, Any] = {
        "id": f"{NAME}.{NAMESPACE}.hub", "hub": "hub", "namespace": NAMESPACE, "name": NAME, "uid": "", "from": "4.20.4", "to": "4.20.9",
        "verdict": "ready", "wave": "all", "batch": 0, "steps": [step], "nodes": 1, "rolls": [], "refusals": [], "warnings": [], "windows": [],
        "max_snapshot_age_minutes": 0,
    }  # fmt: skip
    made: Obj = {
        "format": 1, "campaign": "left", "policy": {}, "hubs": [{"name": "hub", "versions": [], "problem": ""}], "clusters": [entry],
        "waves": [{"name": "all", "after": [], "soak_minutes": 0, "max_failed": 0, "clusters": [entry["id"]]}],
        "batches": [{"wave": "all", "clusters": [entry["id"]]}], "summary": {"clusters": 1, "ready": 1},
    }  # fmt: skip
    return {**made, "digest": digest_of(made), "created": "2026-11-25T19:00:00Z"}
