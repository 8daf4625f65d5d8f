# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What goes into a must-gather, what is masked in it, and what its index says."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._kernel import kinds as k
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure
from ansible_collections.hypershift.core.plugins.module_utils._must_gather import sources
from ansible_collections.hypershift.core.plugins.module_utils._must_gather.index import (
    Index,
    IndexEntry,
    archive_name,
    archives_of,
    grouped,
)
from ansible_collections.hypershift.core.plugins.module_utils._must_gather.objects import MAX_EVENTS, dumped, logs_of, shown
from ansible_collections.hypershift.core.plugins.module_utils._must_gather.redaction import Redactor

NOW = datetime(2026, 11, 26, 3, 15, tzinfo=UTC)
BODY = "\n".join(base64.b64encode(bytes([n]) * 48).decode() for n in range(1, 9))
LINES = BODY.splitlines()
PEM = f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}\n-----END RSA PRIVATE KEY-----\n"
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIBkTCB1aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789\n-----END CERTIFICATE-----\n"
JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhZG1pbiJ9.c2lnbmF0dXJlLW9mLWE"
PULL_SECRET = json.dumps({"auths": {"quay.io": {"auth": base64.b64encode(b"robot:pass word 1").decode()}}})
KUBECONFIG = f"""clusters:
- name: demo
  cluster: {{server: https://api.demo.example.com:6443}}
users:
- name: admin
  user:
    client-key-data: {base64.b64encode(PEM.encode()).decode()}
    token: {JWT}
"""


def secret(type_: str = "Opaque", **data: str | bytes) -> dict[str, Any]:
    encoded = {key.replace("__", "."): base64.b64encode(v if isinstance(v, bytes) else v.encode()).decode() for key, v in data.items()}
    return {"kind": "Secret", "metadata": {"name": "s", "namespace": "clusters"}, "type": type_, "data": encoded}


@pytest.mark.parametrize(
    ("known", "text", "expected"),
    [
        # A value as a whole, and as the API encodes it.
        (secret(password="kubeadmin-Pass"), "login with kubeadmin-Pass now", "login with <hidden> now"),
        (secret(password="kubeadmin-Pass"), base64.b64encode(b"kubeadmin-Pass").decode(), "<hidden>="),
        (secret(key=bytes(range(32))), base64.b64encode(bytes(range(32))).decode(), "<hidden>="),
        # The lines of a key, although nothing around them tells that it is one; a certificate is public.
        (secret(tls__key=PEM), LINES[0] + " x " + LINES[5], "<hidden> x <hidden>"),
        (secret(tls__key=PEM), LINES[7], "<hidden>"),
        (secret(bundle=CERTIFICATE), CERTIFICATE, CERTIFICATE),
        (secret(tls__crt=CERTIFICATE), CERTIFICATE, CERTIFICATE),
        # What is in a pull secret, and in a kubeconfig.
        (secret("kubernetes.io/dockerconfigjson", __dockerconfigjson=PULL_SECRET), "docker login -p 'pass word 1'", "docker login -p '<hidden>'"),
        (secret(kubeconfig=KUBECONFIG), f"got {JWT}", "got <hidden>"),
        (secret(kubeconfig=KUBECONFIG), "https://api.demo.example.com:6443 admin demo", "https://api.demo.example.com:6443 admin demo"),
        (secret(credentials="[default]\naws_secret_access_key = wJalr/EXAMPLEKEY\n"), "wJalr/EXAMPLEKEY", "<hidden>"),
        # Names and other short or public content stay.
        (secret(namespace="clusters-demo", region="eu-central-1", release="quay.io/ocp:4.20"), "clusters-demo eu-central-1 quay.io/ocp:4.20",
         "clusters-demo eu-central-1 quay.io/ocp:4.20"),
        (secret(token="demo-infra"), "demo-infra", "demo-infra"),  # a word that is known to be public
        (secret(password="short"), "short", "short"),
        (secret("helm.sh/release.v1", release2="abcdefgh12345678ABCDEFGH"), "abcdefgh12345678ABCDEFGH", "abcdefgh12345678ABCDEFGH"),
        (secret(flag="enabled-feature"), "enabled-feature", "enabled-feature"),
    ],
)  # fmt: skip
def test_values_of_secrets_are_masked(known: dict[str, Any], text: str, expected: str) -> None:
    redactor = Redactor(frozenset({"demo-infra"}))
    redactor.learn([known])
    assert redactor.mask(text.encode())[0].decode() == expected


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("private_key", f"x {PEM}y", "x -----BEGIN RSA PRIVATE KEY-----<hidden>-----END RSA PRIVATE KEY-----\ny"),
        ("private_key", json.dumps({"a": PEM, "b": 1}), '{"a": "-----BEGIN RSA PRIVATE KEY-----<hidden>-----END RSA PRIVATE KEY-----\\n", "b": 1}'),
        ("private_key", '{"cut": "-----BEGIN PRIVATE KEY-----\\nAAAA", "b": 1}', '{"cut": "-----BEGIN PRIVATE KEY-----\\n<hidden>", "b": 1}'),
        ("encoded", "key-data: " + base64.b64encode(PEM.encode()).decode(), "key-data: <hidden>"),
        ("", base64.b64encode(CERTIFICATE.encode()).decode(), ""),
        ("", CERTIFICATE, ""),
        ("token", f"Authorization {JWT} end", "Authorization <hidden> end"),
        ("token", "sha256~abcdefghijklmnopqrstuvwxyz", "<hidden>"),
        ("registry_auth", '{"auths":{"q":{"auth":"dXNlcjpw"}}}', '{"auths":{"q":{"auth":"<hidden>"}}}'),
        ("registry_auth", json.dumps({"data": '{"auth": "dXNlcjpw"}'}), '{"data": "{\\"auth\\": \\"<hidden>\\"}"}'),
        ("authorization", "Bearer abcdefgh12345678abcd", "Bearer <hidden>"),
        ("", "a bearer authentication-method is used", ""),
        ("cloud_key", "id=AKIAIOSFODNN7EXAMPLE.", "id=<hidden>."),
        ("url_password", "proxy http://jane:s3cr3t@proxy:3128", "proxy http://jane:<hidden>@proxy:3128"),
        ("", "pull docker://quay.io:443/a@sha256:0123", ""),
        ("named_secret", "db_password=correct-horse next", "db_password=<hidden> next"),
        ("named_secret", '"clientSecret": "correct-horse"', '"clientSecret": "<hidden>"'),
        ("", '"token": "<hidden, sha256 0123abcd>"', ""),
        ("", 'tokenFile: /var/run/secrets/token, "passwordSecret": {"name": "x"}', ""),
        ("", "token: /var/run/secrets/kubernetes.io/token", ""),
    ],
)  # fmt: skip
def test_what_looks_like_a_secret_is_masked(name: str, text: str, expected: str) -> None:
    masked, counts = Redactor().mask(text.encode())
    assert (masked.decode(), counts) == ((expected, {name: 1}) if name else (text, {}))


def test_masking_keeps_json_whole_and_counts() -> None:
    redactor = Redactor()
    redactor.learn([secret(password="kubeadmin-Pass", token=JWT), secret(region="eu-central-1")])
    body = json.dumps({"a": PEM, "b": "kubeadmin-Pass twice kubeadmin-Pass", "c": JWT, "d": [base64.b64encode(PEM.encode()).decode()]})
    masked, counts = redactor.mask(body.encode())
    assert json.loads(masked)["b"] == "<hidden> twice <hidden>" and redactor.values == 2
    assert counts == {"secret_value": 3, "private_key": 1, "encoded": 1}


META = {
    "name": "one",
    "namespace": "clusters",
    "creationTimestamp": "2026-11-26T00:00:00Z",
    "uid": "u",
    "managedFields": [{"manager": "x"}],
}
SHORT = {key: META[key] for key in ("name", "namespace", "creationTimestamp")}
LAST = "kubectl.kubernetes.io/last-applied-configuration"


KEPT: dict[str, Any] = {"metadata": {"name": "c", "annotations": {"a": "b"}}}
LEAKY: dict[str, Any] = {
    "metadata": {"name": "c", "annotations": {LAST: "{}", "a": "b"}},
    "data": {"url": "http://u:p@h/", "x": "y"},
    "binaryData": {"f": "AAAA"},
}


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        (k.SECRET, secret(password="x") | {"metadata": {**META, "annotations": {LAST: "{}"}}}, {"metadata": SHORT, "type": "Opaque"}),
        (k.MACHINE_CONFIG, {"metadata": META, "spec": {"config": {}}}, {"metadata": SHORT}),
        (k.CUSTOM_RESOURCE_DEFINITION, {"metadata": META, "spec": {"versions": [{"name": "v1", "served": True, "storage": True, "schema": {}}]}},
         {"metadata": SHORT, "versions": [{"name": "v1", "served": True, "storage": True}]}),
        (k.CONFIG_MAP, LEAKY, {**KEPT, "data": {"url": "http://<hidden>@h/", "x": "y"}, "binaryData": {"f": "<3 bytes>"}}),
        (k.SERVICE, {"metadata": META, "spec": {"type": "X"}},
         {"metadata": {key: v for key, v in META.items() if key != "managedFields"}, "spec": {"type": "X"}}),
    ],
)  # fmt: skip
def test_objects_without_noise_and_secrets(kind: k.Kind, given: dict[str, Any], expected: dict[str, Any]) -> None:
    assert shown(kind, given) == expected


def test_environment_variables_that_carry_a_secret() -> None:
    env = [{"name": "DB_PASSWORD", "value": "horse"}, {"name": "MODE", "value": "fast"}, {"name": "TOKEN", "valueFrom": {"fieldRef": {}}}]
    pod = {"metadata": {"name": "p"}, "spec": {"template": {"spec": {"containers": [{"name": "c", "env": env}]}}}}
    shown_env = shown(k.DEPLOYMENT, pod)["spec"]["template"]["spec"]["containers"][0]["env"]
    assert "horse" not in json.dumps(shown_env) and shown_env[1:] == env[1:] and env[0]["value"] == "horse"


def test_lists_are_sorted_and_events_bounded() -> None:
    events = [
        {"metadata": {"name": f"e{n:05}", "namespace": "a"}, "lastTimestamp": f"2026-11-26T{n // 3600:02}:{n // 60 % 60:02}:{n % 60:02}Z"}
        for n in reversed(range(MAX_EVENTS + 7))
    ]
    made = dumped(k.EVENT, events)
    body = json.loads(made.content)
    assert (made.objects, made.trimmed, body["kind"], body["apiVersion"]) == (MAX_EVENTS, 7, "EventList", "v1")
    assert [body["items"][n]["metadata"]["name"] for n in (0, -1)] == ["e00007", f"e{MAX_EVENTS + 6:05}"]


def status(name: str, state: str, code: int = 0, restarts: int = 0, **more: Any) -> dict[str, Any]:
    return {"name": name, "restartCount": restarts, "state": {state: {"exitCode": code} if state == "terminated" else {}}, **more}


def test_which_logs_of_a_pod_are_read() -> None:
    pod = {
        "status": {
            "initContainerStatuses": [status("done", "terminated"), status("broken", "terminated", 1, 2), status("next", "waiting")],
            "containerStatuses": [
                status("good", "running"),
                status("again", "running", restarts=3),
                status("crashing", "waiting", lastState={"terminated": {"exitCode": 1}}),
                status("never", "waiting"),
            ],
        }
    }
    assert list(logs_of(pod)) == [
        ("broken", False),
        ("broken", True),
        ("good", False),
        ("again", False),
        ("again", True),
        ("crashing", True),
    ]


@pytest.mark.parametrize(
    ("platform", "provider", "places"),
    [
        ({"type": "AWS"}, {"awsclusters", "awsmachines", "awsmachinetemplates", "awsendpointservices"}, set()),
        ({"type": "KubeVirt"}, {"kubevirtclusters", "kubevirtmachines", "kubevirtmachinetemplates", "virtualmachineinstances"}, set()),
        ({"type": "Agent", "agent": {"agentNamespace": "hosts"}},
         {"agentclusters", "agentmachines", "agentmachinetemplates", "agents", "infraenvs", "baremetalhosts"}, {"hosts"}),
        ({"type": "None"}, set(), set()),
    ],
)  # fmt: skip
def test_each_platform_has_its_provider(platform: dict[str, Any], provider: set[str], places: set[str]) -> None:
    cluster = {"metadata": {"namespace": "clusters", "name": "a.b"}, "spec": {"platform": platform}}
    found = sources.sources_for(cluster)
    base = {s.kind.plural for s in sources.sources_for({**cluster, "spec": {"platform": {"type": "None"}}})}
    assert {s.kind.plural for s in found} - base == provider
    assert set(sources.places_of(cluster).values()) - set(sources.NAMESPACES.values()) == {"clusters", "clusters-a-b", *places}
    assert [s.importance for s in found] == sorted(s.importance for s in found)
    assert len({sources.path_of(s, sources.places_of(cluster).get(s.place, "")) for s in found}) == len(found)  # no file twice


def test_the_management_cluster_alone() -> None:
    assert {s.place for s in sources.sources_for(None)} == {*sources.NAMESPACES, sources.CLUSTER}


def test_archives_are_known_by_their_names() -> None:
    name = archive_name("clusters", "demo", NOW)
    assert (
        name == "must-gather_clusters_demo_20261126T031500Z.tar.gz"
        and archive_name("", "", NOW) == "must-gather_management_20261126T031500Z.tar.gz"
    )
    files = [
        name,
        "must-gather_clusters_demo_20261127T031500Z.tar.gz",
        "must-gather_clusters_demo-2_20261128T031500Z.tar.gz",
        f".{name}.partial",
        "x",
    ]
    assert [file for file, _moment in archives_of(files, "clusters", "demo")] == [files[1], name]
    assert archives_of(files, "clusters", "demo")[1][1] == NOW and archives_of(files, "", "") == []


def test_the_index_says_the_cause_first() -> None:
    index = Index(
        cluster={"namespace": "clusters", "name": "demo", "platform": "AWS", "version": ""},
        health={"verdict": "unavailable", "cause": "etcd has no quorum", "next_step": "Look at etcd-1.",
                "findings": [{"object": "HostedCluster clusters/demo", "cause": "etcd has no quorum"}, {"object": "NodePool clusters/a", "cause": "no nodes"}]},
        server="https://hub.test", started="2026-11-26T03:15:00Z",
    )  # fmt: skip
    index.hosted = {"asked": True, "reached": False, "reason": "it does not answer"}
    index.secrets = {"secrets_read": True, "secret_values": 4}
    index.entries = [IndexEntry("b.json", 10, 2, objects=3), IndexEntry("a.log", 5, 4, masked=1), IndexEntry("c.json", 1, 1, objects=1)]
    index.count_masked({"token": 1})
    for number in range(3):
        index.fail(f"pods/log a/p{number} (container c)", Failure("not_found", "it was not found"), 404)
    index.fail("nodes (cluster)", Failure("missing_permission", "may not list nodes", next_step="Grant it."), 403)
    index.leave_out("management/cluster/core/nodes.json", "max_time was over")
    told = index.summary().decode().splitlines()
    assert told[:4] == [
        "HostedCluster clusters/demo (AWS, no version yet): unavailable", "Cause: etcd has no quorum", "Next step: Look at etcd-1.",
        "Also: NodePool clusters/a: no nodes",
    ]  # fmt: skip
    assert told[5:8] == [
        "Gathered 2026-11-26T03:15:00Z from https://hub.test: 4 objects and 1 logs in 3 files.", "Its own API was not read: it does not answer.",
        "1 places that held a secret are masked; 4 values of Secrets were looked for.",
    ]  # fmt: skip
    assert "- 1 x nodes (cluster): may not list nodes" in told and "- 3 x pods/log a/p0 (container c): it was not found" in told
    assert told[-1] == "- 1 x management/cluster/core/nodes.json: max_time was over"
    body = json.loads(index.as_json())
    assert list(body)[:4] == ["format", "collection", "hosted_cluster", "health"] and [f["path"] for f in body["files"]] == [
        "c.json",
        "b.json",
        "a.log",
    ]
    assert body["counts"] == {"files": 3, "objects": 4, "logs": 1, "bytes": 16, "failures": 4, "left_out": 1}
    assert body["redaction"] == {"secrets_read": True, "secret_values": 4, "masked": 1, "by": {"token": 1}}
    assert [row["count"] for row in grouped(index.failures)] == [1, 3]


@pytest.mark.parametrize(
    ("auths", "hidden"),
    [
        ({"quay.io": {"auth": base64.b64encode(b"robot:correct horse battery").decode()}}, ["correct horse battery"]),
        ({"quay.io": {"username": "robot", "password": "correct horse battery"}}, ["correct horse battery"]),
        ({"broken": "text", "quay.io": {"password": "correct horse battery"}}, ["correct horse battery"]),
        ({"broken": {"auth": "no base64!"}, "quay.io": {"password": "correct horse battery"}}, ["correct horse battery"]),
        ({"a.io": {"password": "first-password"}, "b.io": {"password": "second-password"}}, ["first-password", "second-password"]),
    ],
)
def test_passwords_of_a_pull_secret_are_hidden_wherever_they_stand(auths: dict[str, Any], hidden: list[str]) -> None:
    """One entry that cannot be read does not leave the others in the clear."""
    redactor = Redactor()
    data = {".dockerconfigjson": base64.b64encode(json.dumps({"auths": auths}).encode()).decode()}
    redactor.learn([{"type": "kubernetes.io/dockerconfigjson", "data": data}])
    for password in hidden:
        masked, counts = redactor.mask(f"log in as robot with '{password}' now".encode())
        assert password.encode() not in masked and b"log in as robot" in masked and counts["secret_value"] == 1
