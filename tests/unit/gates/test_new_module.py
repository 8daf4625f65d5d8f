# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""make module: its files are whole, agree with the gates on modules, and say by themselves that they are not filled in."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("new_module", ROOT / "tests" / "tools" / "new_module.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("package", "unit", "dots"),
    [("_clusters", "clusters", "from .._kernel"), ("_platforms/kubevirt", "platforms/kubevirt", "from ..._kernel")],
)
def test_six_files_of_which_each_says_what_is_missing(tool: Any, tmp_path: Path, package: str, unit: str, dots: str) -> None:
    written = tool.begin("hosted_cluster_age_info", package, tmp_path)
    assert len(written) == 6 and all(path.exists() for path in written)
    assert (tmp_path / "tests" / "unit" / unit / "test_hosted_cluster_age_info.py") in written
    for path in written:
        text = path.read_text()
        assert ("FILL_IN" in text) != ("action" in path.parts), path
        assert not {"NAME", "CLASS", "PACKAGE", "DOTS", "SPACE", "VERSION"} & set(text.replace('"', " ").replace(".", " ").split()), path
        ast.parse(text) if path.suffix == ".py" else yaml.safe_load(text)
    operation = (tmp_path / "plugins" / "module_utils" / package / "hosted_cluster_age_info.py").read_text()
    assert dots in operation and "class HostedClusterAgeInfo" in operation


def test_the_documentation_is_yaml(tool: Any) -> None:
    texts = tool.contents("x_info", "_clusters")
    pages = {
        n.targets[0].id: n.value.value
        for n in ast.parse(texts["module.py"]).body
        if isinstance(n, ast.Assign) and hasattr(n.value, "value")
    }  # type: ignore[attr-defined]
    assert yaml.safe_load(pages["DOCUMENTATION"])["module"] == "x_info"
    assert {"found", "failure", "management_cluster"} == set(yaml.safe_load(pages["RETURN"]))


@pytest.mark.parametrize(
    ("name", "package", "says"),
    [
        ("Hosted-Cluster", "_clusters", "lower-case words"),
        ("a_name_of_more_than_thirty_five_letters", "_clusters", "at most 35"),
        ("x_info", "_nowhere", "holds no operations"),
        ("x_info", "_kernel", "holds no operations"),
        ("nodepool", "_node_pools", "is there already"),
    ],
)
def test_what_cannot_be_begun_is_said_before_anything_is_written(tool: Any, name: str, package: str, says: str) -> None:
    with pytest.raises(tool.CannotBegin, match=says):
        tool.begin(name, package)
