# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Environment, command line and volumes of a container."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import pytest

from pod_runner import environment, images, view, volumes
from pod_runner.types import NotYet

OBJECTS: dict[str, dict[str, Any]] = {
    "/api/v1/namespaces/ns/secrets/tls": {"data": {"a.key": base64.b64encode(b"secret").decode()}},
    "/api/v1/namespaces/ns/configmaps/ca": {"data": {"ca.crt": "certificate"}},
}


async def find(path: str) -> dict[str, Any] | None:
    return OBJECTS.get(path)


def pod(**spec: Any) -> dict[str, Any]:
    return {"metadata": {"name": "etcd-0", "namespace": "ns", "uid": "u"}, "spec": {"nodeName": "node", **spec}}


def test_references_and_fields_are_resolved() -> None:
    env = [
        {"name": "POD_IP", "valueFrom": {"fieldRef": {"fieldPath": "status.podIP"}}},
        {"name": "KEY", "valueFrom": {"secretKeyRef": {"name": "tls", "key": "a.key"}}},
        {"name": "CA", "valueFrom": {"configMapKeyRef": {"name": "ca", "key": "ca.crt"}}},
        {"name": "URL", "value": "https://$(POD_IP):2379/$(UNKNOWN)"},
    ]
    values = asyncio.run(environment.resolve(find, pod(), {"env": env}, "127.64.0.1"))
    assert (values["KEY"], values["CA"], values["HOSTNAME"]) == ("secret", "certificate", "etcd-0")
    assert values["URL"] == "https://127.64.0.1:2379/$(UNKNOWN)"
    container = {"command": ["etcd"], "args": ["--listen=$(POD_IP)"]}
    assert environment.command(container, values) == ["etcd", "--listen=127.64.0.1"]


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ({"secretKeyRef": {"name": "none", "key": "k"}}, 'secret "none" with key k not found'),
        ({"fieldRef": {"fieldPath": "status.hostIP"}}, "cannot resolve the field status.hostIP"),
        ({"resourceFieldRef": {}}, "cannot resolve resourceFieldRef"),
    ],
)
def test_what_is_missing_is_named(source: dict[str, Any], message: str) -> None:
    with pytest.raises(NotYet, match=message):
        asyncio.run(environment.resolve(find, pod(), {"env": [{"name": "A", "valueFrom": source}]}, ""))


def test_secrets_and_empty_folders_become_files(tmp_path: Path) -> None:
    wanted = [
        {"name": "tls", "secret": {"secretName": "tls"}},
        {"name": "ca", "configMap": {"name": "ca", "items": [{"key": "ca.crt", "path": "deep/ca.pem"}]}},
        {"name": "state", "emptyDir": {}},
        {"name": "optional", "secret": {"secretName": "none", "optional": True}},
    ]
    folders = asyncio.run(volumes.prepare(find, pod(volumes=wanted), tmp_path))
    assert (folders["tls"] / "a.key").read_bytes() == b"secret"
    assert (folders["tls"] / "a.key").stat().st_mode & 0o077 == 0
    assert (folders["ca"] / "deep/ca.pem").read_text() == "certificate"
    assert list(folders["state"].iterdir()) == list(folders["optional"].iterdir()) == []


@pytest.mark.parametrize(
    ("volume", "message"),
    [
        ({"secret": {"secretName": "none"}}, 'secret "none" not found'),
        ({"configMap": {"name": "ca", "items": [{"key": "x", "path": "x"}]}}, 'configmap "ca" has no key x'),
        ({"persistentVolumeClaim": {"claimName": "data"}}, 'persistentvolumeclaim "data" not found'),
    ],
)
def test_a_volume_that_is_not_there_is_waited_for(tmp_path: Path, volume: dict[str, Any], message: str) -> None:
    with pytest.raises(NotYet, match=message):
        asyncio.run(volumes.prepare(find, pod(volumes=[{"name": "v", **volume}]), tmp_path))


def test_a_size_needs_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = {"metadata": {"annotations": {volumes.VOLUME_BYTES: "1048576"}}, "spec": {"volumeName": "pv"}, "status": {"phase": "Bound"}}
    there = {
        "/api/v1/namespaces/ns/persistentvolumeclaims/data": claim,
        "/api/v1/persistentvolumes/pv": {"spec": {"hostPath": {"path": str(tmp_path / "pv")}}},
    }

    async def found(path: str) -> dict[str, Any] | None:
        return there.get(path)

    monkeypatch.setattr("os.geteuid", lambda: 1000)
    with pytest.raises(NotYet, match="claim data asks for a volume of 1048576 bytes, which needs root to mount"):
        asyncio.run(volumes.prepare(found, pod(volumes=[{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]), tmp_path))


def test_the_view_has_the_volumes_in_their_places_outer_ones_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/bwrap")
    mounts = [
        {"name": "inner", "mountPath": "/data/inner", "readOnly": True},
        {"name": "outer", "mountPath": "/data", "subPath": "part"},
    ]
    folders = {"inner": tmp_path / "i", "outer": tmp_path / "o"}
    words = " ".join(view.arguments(tmp_path / "root", tmp_path / "bin", {"volumeMounts": mounts}, folders))
    assert words.index(f"--bind {tmp_path}/o/part /data ") < words.index(f"--ro-bind {tmp_path}/i /data/inner ")
    assert words.index(f"--bind {tmp_path}/root / ") < words.index(f"--ro-bind {tmp_path}/bin /usr/bin ")
    assert "--die-with-parent" in words


def test_a_root_resolves_names_by_its_hosts_file_alone(tmp_path: Path) -> None:
    view.make_root(tmp_path, "127.64.0.1 localhost\n")
    assert (tmp_path / "etc/hosts").read_text() == "127.64.0.1 localhost\n"
    assert "hosts: files\n" in (tmp_path / "etc/nsswitch.conf").read_text()
    assert (tmp_path / "etc/host.conf").read_text() == "multi on\n"
    view.make_root(tmp_path, "again\n")
    assert (tmp_path / "etc/hosts").read_text() == "again\n"


@pytest.mark.parametrize(
    ("found", "ours"),
    [(["embedded-hub.local/etcd:3.6"], True), (["other", "embedded-hub.local/x"], True), (["embedded-hub.localx/y"], False)],
)
def test_a_pod_is_ours_by_its_images(found: list[str], ours: bool) -> None:
    assert images.is_ours(pod(containers=[{"image": image} for image in found])) is ours


def test_only_the_image_of_3_6_has_etcdutl() -> None:
    assert {name: "etcdutl" in image.programs for name, image in images.IMAGES.items() if "/etcd:" in name} == {
        "embedded-hub.local/etcd:3.6": True,
        "embedded-hub.local/etcd:3.5": False,
    }
