# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from embedded_hub import families
from embedded_hub.errors import HubError
from embedded_hub.families import FAMILIES, ON_DEMAND, Family
from embedded_hub.paths import GO_DIR


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the Go modules that a test may change."""
    target = tmp_path / "go"
    shutil.copytree(GO_DIR, target)
    monkeypatch.setattr(families, "GO_DIR", target)
    return target


def family(name: str) -> Family:
    return next(one for one in FAMILIES if one.name == name)


def keys() -> dict[str, str]:
    return {one.name: one.key() for one in FAMILIES}


@pytest.mark.parametrize("name", ["kube", "etcd", "kwok", "minikubelet"])
@pytest.mark.parametrize("file", ["go.mod", "go.sum"])
def test_a_pinned_version_changes_the_key_of_its_family_only(go: Path, name: str, file: str) -> None:
    before = keys()
    with open(go / name / file, "a") as stream:
        stream.write("\n// changed\n")
    assert {one for one, key in keys().items() if key != before[one]} == {name}


def test_our_own_sources_change_the_key(go: Path) -> None:
    before = keys()
    (go / "minikubelet" / "new.go").write_text("package main\n")
    assert {one for one, key in keys().items() if key != before[one]} == {"minikubelet"}


def test_tests_do_not_change_the_key(go: Path) -> None:
    before = keys()
    (go / "minikubelet" / "new_test.go").write_text("package main\n")
    assert keys() == before


def test_the_key_does_not_depend_on_the_checkout(go: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = keys()
    moved = go.parent / "elsewhere"
    go.rename(moved)
    monkeypatch.setattr(families, "GO_DIR", moved)
    assert keys() == before


def test_binaries_carry_the_pinned_version() -> None:
    version = family("kube").version()
    assert version.startswith("v1.")
    assert f"gitVersion={version} " in family("kube").linker_flags()
    assert f"gitMinor={version.split('.')[1]} " in family("kube").linker_flags()
    assert family("kwok").linker_flags().endswith(family("kwok").version())


def test_a_missing_requirement_is_named(go: Path) -> None:
    (go / "kwok" / "go.mod").write_text("module x\n")
    with pytest.raises(HubError, match=r"does not require sigs\.k8s\.io/kwok"):
        family("kwok").version()


def test_all_kubernetes_modules_have_one_patch_release() -> None:
    """A mix of staging modules builds, and then fails in ways nobody understands."""
    text = (GO_DIR / "kube" / "go.mod").read_text()
    replaced = [line.split(" => ")[1] for line in text.splitlines() if " => k8s.io/" in line]
    version = family("kube").version().replace("v1.", "v0.")
    assert len(replaced) == 33
    assert {line.split()[1] for line in replaced} == {version}


def test_what_is_built_on_demand_has_a_folder_and_is_no_part_of_a_hub() -> None:
    assert {one.name for one in ON_DEMAND}.isdisjoint(one.name for one in FAMILIES)
    for one in ON_DEMAND:
        assert (one.folder / "go.sum").exists()
        assert one.version().startswith("v3.5.")
