# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every example of the documentation is run as it is written: modules, README and the roles' READMEs."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from playing import ROOT, Admin, Player

# In the order in which a person would try them: what is created first is used, changed and removed by the later ones.
MODULES = (
    "hosted_cluster", "nodepool", "pause_reconcile", "pause_reconcile_info", "hosted_cluster_info", "nodepool_info", "hosted_cluster_wait",
    "hosted_cluster_credentials",
)  # fmt: skip
DELETING = re.compile(r"^(Delete it|Remove)")


def examples(module: str) -> list[dict[str, Any]]:
    tree = ast.parse((ROOT / "plugins" / "modules" / f"{module}.py").read_text())
    text = next(n.value.value for n in tree.body if isinstance(n, ast.Assign) and getattr(n.targets[0], "id", "") == "EXAMPLES")  # type: ignore[attr-defined]
    tasks: list[dict[str, Any]] = yaml.safe_load(text)
    return tasks


def readme_examples(path: Path) -> list[Any]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", path.read_text(), re.DOTALL)]


def hub_secret(namespace: str, name: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": name, "namespace": namespace},
        "stringData": {".dockerconfigjson": "{}"},
    }


@pytest.fixture(scope="module")
def demo(hub: Any, kubeconfig: Path, admin: Admin) -> Player:
    """A management cluster as the examples expect it: with a pull secret of its own, and a canary called demo."""
    admin.apply(
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "openshift-config"}}, hub_secret("openshift-config", "pull-secret")
    )
    player = Player(hub, kubeconfig)
    creation, *others = [t for t in examples("hosted_cluster") if not DELETING.match(t["name"])]
    player.play(creation, *others).ok()
    return player


def test_every_module_has_examples_that_are_run() -> None:
    written = {p.stem for p in (ROOT / "plugins" / "modules").glob("*.py")}
    assert written == set(MODULES) and all(examples(m) for m in MODULES)


@pytest.mark.parametrize("module", MODULES[1:])
def test_module_examples(demo: Player, module: str, tmp_path: Path) -> None:
    demo.environment["TMPDIR"] = str(tmp_path)
    played = demo.play(*examples(module)).ok()
    assert not [t for t in played.tasks if t["state"] not in ("ok", "skipped")]
    del demo.environment["TMPDIR"]


def test_readme_examples(demo: Player) -> None:
    """The worked examples use the cluster of the module examples; the one that is shown being refused must be."""
    for block in readme_examples(ROOT / "README.md"):
        if "hosts" in block[0]:
            play = {**block[0], "module_defaults": {"group/hypershift.core.hypershift": {"kubeconfig": str(demo.kubeconfig)}}}
            tasks = [{"block": play["tasks"], "module_defaults": play["module_defaults"]}]
            demo.play(*tasks).ok()
            continue
        played = demo.play(*block)
        if "Give the machines more memory" in block[0]["name"]:
            assert played.failed()["failure"]["code"] == "rollout_not_allowed"
        elif "pause_reconcile" in str(block[0]):
            played.ok()
            demo.play({"hypershift.core.pause_reconcile": {"name": "demo", "state": "resumed", "owner": "storage-team"}}).ok()
        else:
            played.ok()


@pytest.mark.parametrize("role", ["hosted_cluster_access", "hosted_cluster"])
def test_role_examples(demo: Player, role: str, tmp_path: Path) -> None:
    """Roles as they are written, but for folders in the home directory and calls to a hosted API that is simulated."""
    blocks = readme_examples(ROOT / "roles" / role / "README.md")
    for block in sorted(blocks, key=lambda b: "absent" in str(b)):
        entry = block[0]["roles"][0]
        variables = {k: str(tmp_path / "hosted") if k.endswith("_directory") else v for k, v in entry["vars"].items()}
        if role == "hosted_cluster_access":
            variables["hosted_cluster_access_verify"] = False
        demo.play({"ansible.builtin.include_role": {"name": entry["role"]}, "vars": variables}).ok()


def test_last_example_removes_the_cluster(demo: Player, admin: Admin) -> None:
    deletion = [t for t in examples("hosted_cluster") if DELETING.match(t["name"])]
    demo.play(*deletion).ok()
    assert admin.get("hostedclusters", "-n", "clusters", "demo") is None
