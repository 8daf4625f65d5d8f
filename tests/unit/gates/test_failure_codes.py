# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Every code that can leave the collection is in docs/failure_codes.md with meaning, cause and remedy, and nothing else is."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._health.findings import GUIDE
from ansible_collections.hypershift.core.plugins.module_utils._health.rules.catalog import BY_CODE
from ansible_collections.hypershift.core.plugins.module_utils._kernel.errors import Failure

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def tool() -> Iterator[Any]:
    sys.path.insert(0, str(ROOT / "tests" / "tools"))
    try:
        import failure_codes

        yield failure_codes
    finally:
        sys.path.remove(str(ROOT / "tests" / "tools"))


@pytest.fixture(scope="module")
def source(tool: Any) -> tuple[dict[str, set[str]], set[str]]:
    found: tuple[dict[str, set[str]], set[str]] = tool.in_source()
    return found


def headings(page: str) -> set[str]:
    return set(re.findall(r"(?m)^### (\S+)$", (ROOT / page).read_text(encoding="utf-8")))


def test_table_and_source_name_the_same_codes(tool: Any, source: Any) -> None:
    codes, unclear = source
    assert tool.problems(codes, unclear, tool.table()[1], BY_CODE, tool.names()) == []


def test_the_page_is_made_from_the_present_table(tool: Any) -> None:
    assert tool.TARGET.read_text(encoding="utf-8") == tool.render(), "run python tests/tools/failure_codes.py"


def test_all_files_of_the_table_are_read(tool: Any) -> None:
    assert sorted(p.stem for p in tool.TABLE.glob("*")) == sorted(tool.ORDER)


def test_docs_of_a_failure_name_a_page_and_a_section_that_exist(source: Any) -> None:
    for code in source[0]:
        page, _hash, section = Failure(code, "why").docs.partition("#")
        assert section == code and section in headings(page), code
    assert set(BY_CODE) <= headings(GUIDE)
    given = Failure("degraded", "why", docs=f"{GUIDE}#degraded")
    assert given.as_dict()["docs"] == "docs/troubleshooting.md#degraded"


def test_codes_that_roles_write_come_with_their_section(tool: Any) -> None:
    for code, files in tool.code_sources.of_yaml(ROOT).items():
        for file in files:
            assert f"docs/failure_codes.md#{code}" in (ROOT / file).read_text(encoding="utf-8"), (file, code)


def test_codes_that_module_documentation_names_exist(source: Any) -> None:
    named = 0
    for path in sorted((ROOT / "plugins" / "modules").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for passage in re.findall(r"Stable identifier, for example ((?:V\(\w+\)[,. \n]*)+)", text):
            for code in re.findall(r"V\((\w+)\)", passage):
                named += 1
                assert code in source[0], (path.name, code)
    assert named > 100


# ---- Planted breaches


PLANTED = """
TABLE = {1: ("from_table", "why"), **dict.fromkeys((2, 3), ("from_keys", "why"))}
OTHER = (("from_loop", 1), ("from_loop_too", 2))

@dataclass
class Failure:
    code: str
    cause: str

class Case:
    def __init__(self, word: str):
        self.word = word

    def refuse(self, code: str, cause: str) -> Failure:
        return Failure(code, cause)

    def mine(self):
        return self.refuse(self.word, "why")

def helped(name: str, full: bool) -> Failure:
    code = "from_branch" if full else name
    return Failure(code, "why")

def returned():
    if x:
        return "from_return", "why"
    return "from_return_too", "why"

def all_of_it(number, case):
    Failure("plain", "why")
    Failure(code="by_keyword", cause="why")
    row = TABLE.get(number) or ("from_default", "why")
    Failure(row[0], row[1])
    for code, _number in OTHER:
        Failure(code, "why")
    case.refuse("by_method", "why")
    helped("by_parameter", full=True)
    Case("by_attribute")
    code, cause = returned()
    Failure(code, cause)
    replace(failure, code="by_replace")
    return {"code": "in_a_dictionary"}
"""
ALL = {
    *("plain", "by_keyword", "from_table", "from_keys", "from_default", "from_loop", "from_loop_too", "by_method", "by_parameter"),
    *("from_branch", "by_attribute", "from_return", "from_return_too", "by_replace", "in_a_dictionary"),
}


def collected(tool: Any, text: str) -> Any:
    found = tool.code_sources.Collection({"plugins/a.py": ast.parse(text)})
    found.read()
    return found


def test_a_code_is_found_however_it_is_handed_on(tool: Any) -> None:
    found = collected(tool, PLANTED)
    assert (set(found.codes), found.unclear) == (ALL, set())


@pytest.mark.parametrize(
    "line",
    [
        "Failure(f'{kind}_failed', 'why')",
        "Failure(*row)",
        "Failure(words[name], 'why')",
        "Failure(obj.word, 'why')",
        "Failure(asked(), 'why')",
    ],
)
def test_a_code_that_cannot_be_followed_is_refused(tool: Any, line: str) -> None:
    found = collected(tool, f"{PLANTED}\n{line}\n")
    assert len(found.unclear) == 1 and "is not clear" in tool.problems({}, found.unclear, [], ())[0]


GOOD = {"since": "0.2.0", "meaning": "The disk is full.", "cause": "Something wrote too much.", "remedy": "Free space: `df -h`."}
BREACHES: list[tuple[str, dict[str, set[str]], dict[str, Any], str]] = [
    ("no row", {"a_code": {"plugins/a.py"}, "b_code": {"plugins/a.py"}}, GOOD, "code b_code can leave the collection and has no row"),
    ("code gone", {}, GOOD, "nothing says this code any more"),
    ("no meaning", {"a_code": {"x"}}, {**GOOD, "meaning": ""}, "meaning is missing"),
    ("no cause", {"a_code": {"x"}}, {**GOOD, "cause": None}, "cause is missing"),
    ("no remedy", {"a_code": {"x"}}, {k: v for k, v in GOOD.items() if k != "remedy"}, "remedy is missing"),
    ("no version", {"a_code": {"x"}}, {**GOOD, "since": "soon"}, "since is no version"),
    ("filler", {"a_code": {"x"}}, {**GOOD, "remedy": "See the message."}, "remedy is no sentence that helps"),
    ("one word", {"a_code": {"x"}}, {**GOOD, "cause": "Unknown."}, "cause is no sentence that helps"),
    ("a playbook that is none", {"a_code": {"x"}}, {**GOOD, "remedy": "Run playbook hypershift.core.mend."}, "hypershift.core.mend, which does not exist"),
]  # fmt: skip


@pytest.mark.parametrize(("codes", "row", "told"), [b[1:] for b in BREACHES], ids=[b[0] for b in BREACHES])
def test_planted_breaches_are_refused(tool: Any, codes: dict[str, set[str]], row: dict[str, Any], told: str) -> None:
    rows = list(tool.rows_of("area", {"codes": {"a_code": row}}))
    found = tool.problems(codes, (), rows, (), {"status"})
    assert len(found) == 1 and told in found[0]


def test_a_row_of_a_rule_does_not_say_it_again_and_says_what_else_it_means(tool: Any) -> None:
    said = {"a_code": {"plugins/module_utils/_health/rules/state.py"}}
    (full,), (bare,) = (list(tool.rows_of("area", {"codes": {"a_code": row}})) for row in (GOOD, {"since": "0.2.0"}))
    assert len(tool.problems(said, (), [full], ["a_code"])) == 3 and tool.problems(said, (), [bare], ["a_code"]) == []
    said["a_code"].add("plugins/module_utils/_upgrades/hop.py")
    assert "also is missing" in tool.problems(said, (), [bare], ["a_code"])[0]
    assert tool.problems(said, (), [bare, bare], ["a_code"])[0] == "row a_code stands twice"


def test_a_code_in_a_role_is_found(tool: Any, tmp_path: Path) -> None:
    tasks = tmp_path / "roles" / "x" / "tasks"
    tasks.mkdir(parents=True)
    (tasks / "main.yml").write_text(
        "- set_fact:\n    f: \"{{ {'code': 'from_role', 'cause': 'x'} }}\"\n    g: \"{{ y.code | default('from_default') }}\"\n"
    )
    assert set(tool.code_sources.of_yaml(tmp_path)) == {"from_role", "from_default"}
