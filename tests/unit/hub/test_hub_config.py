# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Command lines, Stages, base objects, policies: what a hub is started with."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from embedded_hub import base, cli, components, kubeconfig, pki, rest, starter
from embedded_hub.components import PORT_NAMES, Layout
from embedded_hub.errors import HubError
from embedded_hub.families import FAMILIES
from embedded_hub.paths import CONFIG_DIR, HubPaths
from pod_runner import images

NAMES = [binary for family in FAMILIES for binary in family.commands]


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    ports = {name: 20001 + number for number, name in enumerate(PORT_NAMES)}
    return Layout(HubPaths.of("one", tmp_path), {name: Path("/bin") / name for name in NAMES}, ports)


COMMANDS = [
    components.etcd,
    components.kube_apiserver,
    components.kube_controller_manager,
    components.kube_scheduler,
    components.kwok,
    components.minikubelet,
    components.pod_runner,
]


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_listens_beyond_loopback(layout: Layout, command: starter.Argv) -> None:
    text = " ".join(command(layout))
    assert "0.0.0.0" not in text
    assert "localhost" not in text
    for flag in command(layout):
        if "address=" in flag or "-urls=" in flag:
            assert "127.0.0.1" in flag or "types=" in flag


@pytest.mark.parametrize("command", COMMANDS)
def test_no_flag_is_given_twice(layout: Layout, command: starter.Argv) -> None:
    flags = [flag.split("=")[0] for flag in command(layout)[1:]]
    assert len(flags) == len(set(flags))


def test_kwok_serves_nothing(layout: Layout) -> None:
    assert not {flag.split("=")[0] for flag in components.kwok(layout)} & {"--node-port", "--server-address"}


def test_every_port_is_used(layout: Layout) -> None:
    text = " ".join(flag for command in COMMANDS for flag in command(layout))
    assert all(str(port) in text for port in layout.ports.values())


def test_only_an_unusable_admission_plugin_is_off(layout: Layout) -> None:
    flags = components.kube_apiserver(layout)
    assert "--disable-admission-plugins=PodSecurity" in flags
    assert "--authorization-mode=RBAC" in flags
    assert not any(flag.startswith(("--enable-admission", "--anonymous-auth", "--insecure")) for flag in flags)


def test_stages_are_rendered(tmp_path: Path) -> None:
    text = starter.render_stages(tmp_path / "volumes", 20006)
    stages = list(yaml.safe_load_all(text))
    assert {stage["kind"] for stage in stages} == {"Stage"}
    names = [stage["metadata"]["name"] for stage in stages]
    assert len(names) == len(set(names)) == 7
    assert "@" not in text
    assert f"path: {tmp_path}/volumes/pvc-" in text
    assert "Port: 20006" in text


def test_pods_that_run_for_real_are_kept_from_kwok(tmp_path: Path) -> None:
    stages = yaml.safe_load_all(starter.render_stages(tmp_path, 20006))
    pods = [stage["spec"]["selector"]["matchExpressions"] for stage in stages if stage["spec"]["resourceRef"]["kind"] == "Pod"]
    assert len(pods) == 3
    for expressions in pods:
        assert {"key": f'.spec.containers.[].image | select(startswith("{images.PREFIX}"))', "operator": "DoesNotExist"} in expressions


def test_base_objects_have_known_kinds_and_paths() -> None:
    for path in (CONFIG_DIR / "base").glob("*.yaml"):
        for manifest in yaml.safe_load_all(path.read_text()):
            assert rest.object_path(manifest).endswith(f"/{manifest['metadata']['name']}")


@pytest.mark.parametrize(
    ("manifest", "path"),
    [
        ({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}, "/api/v1/nodes/n"),
        ({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "c", "namespace": "s"}}, "/api/v1/namespaces/s/configmaps/c"),
        ({"apiVersion": "a.b/v1", "kind": "StorageClass", "metadata": {"name": "s"}}, "/apis/a.b/v1/storageclasses/s"),
    ],
)
def test_object_paths(manifest: dict[str, object], path: str) -> None:
    assert rest.object_path(manifest) == path


def test_nodes_are_spread_over_three_zones() -> None:
    zones = [base.node(number, base.ZONES[number % 3])["metadata"]["labels"]["topology.kubernetes.io/zone"] for number in range(6)]
    assert sorted(zones) == sorted(base.ZONES * 2)
    assert int(base.NODE_CAPACITY["pods"]) >= 250


def test_the_audit_policy_names_the_parts_as_they_log_in() -> None:
    policy = yaml.safe_load((CONFIG_DIR / "audit-policy.yaml").read_text())
    silent = {user for rule in policy["rules"] if rule["level"] == "None" for user in rule.get("users", [])}
    users = {name: user for name, (user, _groups) in pki.CLIENTS.items()}
    assert {users["kwok"], users["hub"], users["pod-runner"], users["kube-controller-manager"], users["kube-scheduler"]} <= silent
    assert not {users["admin"], users["simulator"]} & silent
    assert policy["rules"][-1] == {"level": "Metadata"}


def test_a_kubeconfig_holds_everything(tmp_path: Path) -> None:
    path = kubeconfig.write_kubeconfig(tmp_path / "kubeconfig", "https://127.0.0.1:1", b"ca", "jane", kubeconfig.token_user("t"))
    content = json.loads(path.read_text())
    assert content == yaml.safe_load(path.read_text())
    assert content["clusters"][0]["cluster"] == {"server": "https://127.0.0.1:1", "certificate-authority-data": "Y2E="}
    assert content["contexts"][0]["context"] == {"cluster": "hub", "user": "jane"}
    assert path.stat().st_mode & 0o077 == 0


def test_defaults_of_the_command() -> None:
    options = cli.parser().parse_args(["up"])
    assert (options.name, options.crds, options.simulator, options.speed, options.kwok) == ("hub", "auto", "on", 60, "on")


def test_errors_are_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert cli.main(["kill-apiserver", "--state-root", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith("hub: Hub hub is not running in")
    assert cli.main(["status", "--state-root", str(tmp_path)]) == 3
    assert cli.main(["logs", "--state-root", str(tmp_path)]) == 1


def test_a_made_up_name_is_refused() -> None:
    with pytest.raises(HubError):
        HubPaths.of("../other")
