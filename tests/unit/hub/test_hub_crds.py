# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from embedded_hub import crds, template
from embedded_hub.crds import CrdSet
from embedded_hub.errors import HubError


def definition(plural: str, group: str = "example.com") -> dict[str, Any]:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "names": {"plural": plural},
            "versions": [{"name": "v1", "served": True}, {"name": "v0", "served": False}],
        },
    }


def write(folder: Path, name: str, *documents: dict[str, Any] | None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(yaml.safe_dump_all(documents))
    return path


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    own, real = tmp_path / "own", tmp_path / "real"
    write(own, "a.yaml", definition("things"))
    monkeypatch.setattr(crds, "OWN_CRDS_DIR", own)
    monkeypatch.setenv("HYPERSHIFT_CORE_REAL_CRDS", str(real))
    return own, real


def test_auto_takes_the_real_ones_where_they_are(sets: tuple[Path, Path]) -> None:
    own, real = sets
    assert crds.choose("auto") == CrdSet("own", (own / "a.yaml",))
    write(real / "example.com", "deep.yaml", definition("things"))
    assert crds.choose("auto") == CrdSet("real", (real / "example.com" / "deep.yaml",))
    assert crds.choose("own").kind == "own"


def test_real_ones_asked_for_and_not_there(sets: tuple[Path, Path]) -> None:
    with pytest.raises(HubError, match="HYPERSHIFT_CORE_REAL_CRDS"):
        crds.choose("real")


def test_a_name_defined_twice_is_an_error(tmp_path: Path) -> None:
    files = (write(tmp_path, "a.yaml", definition("things")), write(tmp_path, "b.yaml", definition("things")))
    with pytest.raises(HubError, match=r"things\.example\.com is defined in both .*a\.yaml and .*b\.yaml"):
        CrdSet("own", files).manifests()


def test_only_definitions_belong_there(tmp_path: Path) -> None:
    with pytest.raises(HubError, match="holds a Namespace"):
        CrdSet("own", (write(tmp_path, "a.yaml", {"kind": "Namespace", "metadata": {"name": "x"}}),)).manifests()


def test_several_and_empty_documents(tmp_path: Path) -> None:
    found = CrdSet("own", (write(tmp_path, "a.yaml", definition("a"), None, definition("b")),)).manifests()
    assert [one["metadata"]["name"] for one in found] == ["a.example.com", "b.example.com"]


def test_the_fingerprint_follows_the_content(tmp_path: Path) -> None:
    path = write(tmp_path, "a.yaml", definition("things"))
    before = CrdSet("own", (path,)).fingerprint()
    assert CrdSet("own", (path,)).fingerprint() == before
    assert CrdSet("real", (path,)).fingerprint() != before
    write(tmp_path, "a.yaml", definition("others"))
    assert CrdSet("own", (path,)).fingerprint() != before


def test_the_template_follows_definitions_and_versions(tmp_path: Path) -> None:
    one = CrdSet("own", (write(tmp_path, "a.yaml", definition("things")),))
    keys = {
        template.key(one, (1, 36, 3), (3, 6, 16)),
        template.key(one, (1, 36, 4), (3, 6, 16)),
        template.key(one, (1, 36, 3), (3, 6, 17)),
        template.key(CrdSet("own", ()), (1, 36, 3), (3, 6, 16)),
    }
    assert len(keys) == 4


class Answers:
    """A server that answers each GET with the next of some answers, the last one for ever."""

    def __init__(self, *answers: dict[str, Any]) -> None:
        self.answers = list(answers)
        self.count = 0

    def get(self, _path: str, accept: str = "") -> dict[str, Any]:
        self.count += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def listed(conditions: list[dict[str, str]] | None) -> dict[str, Any]:
    return {"items": [{"metadata": {"name": "things.example.com"}, "status": {"conditions": conditions}}]}


ESTABLISHED = [{"type": "Established", "status": "True"}, {"type": "NamesAccepted", "status": "True"}]


def test_waits_until_established() -> None:
    server = Answers(listed(None), listed(ESTABLISHED[:1]), listed(ESTABLISHED))
    slept: list[float] = []
    crds.wait_established(server, {"things.example.com"}, 60, slept.append)  # type: ignore[arg-type]
    assert (server.count, slept) == (3, [1, 1])


def test_never_established_names_the_definition() -> None:
    with pytest.raises(HubError, match=r"things\.example\.com and 0 more are not established"):
        crds.wait_established(Answers(listed(None)), {"things.example.com"}, -1, lambda _seconds: None)  # type: ignore[arg-type]


def served(*versions: str) -> dict[str, Any]:
    resources = [{"version": version, "resources": [{"resource": "things"}]} for version in versions]
    return {"items": [{"metadata": {"name": "example.com"}, "versions": resources}]}


def test_waits_until_every_served_version_is_there() -> None:
    server = Answers({"items": []}, served("v2"), served("v2", "v1"))
    crds.wait_served(server, [definition("things")], 60, lambda _seconds: None)  # type: ignore[arg-type]
    assert server.count == 3
    with pytest.raises(HubError, match=r"things\.example\.com/v1 and 0 more are not served"):
        crds.wait_served(Answers(served("v2")), [definition("things")], -1, lambda _seconds: None)  # type: ignore[arg-type]
