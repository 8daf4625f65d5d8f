# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from pathlib import Path

import pytest

from embedded_hub import binaries, gobuild, toolchain
from embedded_hub.errors import HubError
from embedded_hub.families import FAMILIES, Family
from embedded_hub.progress import silent


def program(path: Path, script: str = "exit 0") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def test_a_named_asset_comes_before_the_folder(tmp_path: Path) -> None:
    named, in_folder = program(tmp_path / "named"), program(tmp_path / "assets" / "etcd")
    environment = {"KUBEBUILDER_ASSETS": str(tmp_path / "assets")}
    assert binaries.asset("etcd", environment) == in_folder
    assert binaries.asset("etcd", {**environment, "TEST_ASSET_ETCD": str(named)}) == named
    assert binaries.asset("kube-apiserver", environment) is None
    assert binaries.asset("etcd", {}) is None


def test_a_named_asset_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="TEST_ASSET_ETCD names"):
        binaries.asset("etcd", {"TEST_ASSET_ETCD": str(tmp_path / "none")})


@pytest.mark.parametrize("version", [(3, 5, 13), (3, 5, 21), (3, 6, 0), (3, 6, 16), (4, 0, 0), (3, 4, 31), (3, 4, 40)])
def test_etcd_new_enough(version: tuple[int, ...]) -> None:
    binaries.check_etcd(version, Path("/etcd"))


@pytest.mark.parametrize("version", [(3, 5, 1), (3, 5, 12), (3, 4, 23), (3, 4, 30), (3, 5), (2, 9, 9)])
def test_etcd_too_old(version: tuple[int, ...]) -> None:
    with pytest.raises(HubError, match=r"needs 3\.5\.13 or newer"):
        binaries.check_etcd(version, Path("/etcd"))


@pytest.fixture
def filled_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache in which every binary is already built, and no way to build."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for variable in ("KUBEBUILDER_ASSETS", "TEST_ASSET_ETCD", "TEST_ASSET_KUBE_APISERVER", "TEST_ASSET_KUBECTL"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("PATH", f"{program(tmp_path / 'path' / 'kubectl').parent}:/usr/bin:/bin")
    root = tmp_path / "hypershift.core" / "bin"
    for family in FAMILIES:
        for binary in family.commands:
            program(root / family.key() / binary)
    return root


def test_what_is_cached_is_not_built(filled_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gobuild, "build", lambda *_arguments: pytest.fail("built"))
    found = binaries.resolve(silent)
    assert set(found) == {binary for family in FAMILIES for binary in family.commands} | {"kubectl"}
    assert found["etcd"].is_relative_to(filled_cache)
    assert found["kubectl"].parent.name == "path"


def test_only_the_missing_one_is_built(filled_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []

    def build(_go: Path, _family: Family, binary: str, target: Path, _say: object) -> None:
        built.append(binary)
        program(target)

    monkeypatch.setattr(gobuild, "build", build)
    monkeypatch.setattr(toolchain, "find_go", lambda _say: Path("/go"))
    next(filled_cache.glob("kwok-*/kwok")).unlink()
    binaries.resolve(silent)
    assert built == ["kwok"]


def test_assets_are_used_and_checked(filled_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    etcd = program(tmp_path / "assets" / "etcd")
    monkeypatch.setenv("KUBEBUILDER_ASSETS", str(etcd.parent))
    assert binaries.resolve(silent, lambda _argv: (3, 6, 0))["etcd"] == etcd
    with pytest.raises(HubError, match=r"has version 3\.5\.1,"):
        binaries.resolve(silent, lambda _argv: (3, 5, 1))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "minikubelet-key" / "minikubelet"


MINIKUBELET = next(family for family in FAMILIES if family.name == "minikubelet")
# Finds the file name after -o, as the go command does.
FAKE_GO = 'while [ "$1" != -o ]; do shift; done; echo "$GOFLAGS $GOWORK" > "$2"; echo text; '


def test_a_build_is_renamed_into_place(target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=mod")
    gobuild.build(program(tmp_path / "go", FAKE_GO), MINIKUBELET, "minikubelet", target, silent)
    assert target.read_text() == "-mod=readonly off\n"
    assert list(target.parent.iterdir()) == [target]


def test_a_failed_build_leaves_only_its_log(target: Path, tmp_path: Path) -> None:
    go = program(tmp_path / "go", FAKE_GO + "echo missing module; exit 1")
    with pytest.raises(HubError, match=r"Building minikubelet .* failed(.|\n)*missing module"):
        gobuild.build(go, MINIKUBELET, "minikubelet", target, silent)
    assert [path.name for path in target.parent.iterdir()] == ["minikubelet.log"]


def test_leftovers_of_a_killed_build_go(target: Path, tmp_path: Path) -> None:
    (target.parent / ".minikubelet.abc").mkdir(parents=True)
    gobuild.build(program(tmp_path / "go", FAKE_GO), MINIKUBELET, "minikubelet", target, silent)
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize(
    ("text", "version"),
    [("go version go1.26.8 linux/amd64", (1, 26, 8)), ("etcd Version: 3.6.16\nGit SHA: x", (3, 6, 16)), ("Kubernetes v1.36.3", (1, 36, 3))],
)
def test_versions_are_read(text: str, version: tuple[int, ...]) -> None:
    assert toolchain.parse_version(text) == version


def test_a_text_without_version_is_an_error() -> None:
    with pytest.raises(HubError, match="No version number"):
        toolchain.parse_version("usage: etcd")


def test_a_new_enough_go_on_the_path_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    go = program(tmp_path / "go", "echo go version go1.26.0 linux/amd64")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert toolchain.find_go(silent) == go


@pytest.mark.parametrize("present", [True, False])
def test_an_old_or_missing_go_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, present: bool) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    if present:
        program(tmp_path / "bin" / "go", "echo go version go1.25.9 linux/amd64")
    installed: list[str] = []

    def install(requirement: str, folder: Path) -> None:
        installed.append(requirement)
        program(folder / "go" / "bin" / "go")

    monkeypatch.setattr(toolchain, "_pip_install", install)
    first, second = toolchain.find_go(silent), toolchain.find_go(silent)
    assert first == second
    assert first.exists()
    assert installed == [toolchain.GO_REQUIREMENT]
