# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write docs/failure_codes.md from docs/data/failure_codes/*.yml and the diagnosis rules, or tell whether it is up to date.

Run from anywhere: ``python tests/tools/failure_codes.py`` writes, with ``--check`` it exits 1 when the file differs, or when
table and source do not name the same codes.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

import code_sources
import troubleshooting
from generated import ROOT, load, write_or_check

TABLE = ROOT / "docs" / "data" / "failure_codes"
TARGET = ROOT / "docs" / "failure_codes.md"
PAGE, GUIDE = "docs/failure_codes.md", "docs/troubleshooting.md"
FIELDS = ("meaning", "cause", "remedy")
ALSO = "also"
# In the order of the page: what is met first, first.
ORDER = (
    "connection",
    "options",
    "verdicts",
    "upgrades",
    "etcd",
    "snapshots",
    "engine",
    "platforms",
    "observability",
    "preflight",
    "diagnosis",
)
HEALTH = "/_health/"
# Sentences that say nothing.
_FILLER = re.compile(r"\b(todo|tbd|n/?a|see (the )?(message|cause|above|below)|unknown error|something went wrong|contact support)\b", re.I)
_OURS = re.compile(r"\bhypershift\.core\.([a-z]\w*)")

_HEAD = """# Failure codes

<!-- Made by tests/tools/failure_codes.py from docs/data/failure_codes and the diagnosis rules; change those, not this file. -->

Every code that can leave this collection: `failure.code` of a task that failed, codes of `refusals` and of findings, problems of a plan, checks of
the preflight, verdicts. One state has one code, whichever module, role or playbook meets it, so that rulebooks can branch on it.

- `failure.docs` of a result names the section: of this page, or of the [troubleshooting guide](troubleshooting.md) for what a diagnosis finds.
- Rename or removal of a code is a breaking change and stands in the [changelog](../CHANGELOG.rst), with its successor.
- In commands, words in capitals are yours to fill in; `NAMESPACE-NAME` is the namespace of the control plane on the management cluster.
"""


@dataclass(frozen=True)
class Row:
    """One code. since: version of the collection that had it first. meaning, cause and remedy are empty for a diagnosis rule, which
    has them; also: what it means where something else than the diagnosis says it."""

    code: str
    area: str
    since: str
    meaning: str = ""
    cause: str = ""
    remedy: str = ""
    also: str = ""


def rows_of(area: str, document: Mapping[str, Any]) -> Iterator[Row]:
    for code, given in document["codes"].items():
        texts = {key: " ".join(str((given or {}).get(key) or "").split()) for key in (*FIELDS, ALSO)}
        yield Row(code, area, str((given or {}).get("since") or ""), **texts)


def table() -> tuple[dict[str, str], list[Row]]:
    """Titles of the areas, and all rows."""
    documents = {name: yaml.safe_load((TABLE / f"{name}.yml").read_text(encoding="utf-8")) for name in ORDER}
    return {name: d["title"] for name, d in documents.items()}, [row for name, d in documents.items() for row in rows_of(name, d)]


def rules() -> dict[str, Any]:
    return dict(load("_health.rules.catalog").BY_CODE)


def in_source() -> tuple[dict[str, set[str]], set[str]]:
    """Codes that the source can say, with the files that do, and places in it that could not be followed."""
    found = code_sources.of_python(ROOT)
    said = {code: set(files) for code, files in found.codes.items()}
    for code, files in code_sources.of_yaml(ROOT).items():
        said.setdefault(code, set()).update(files)
    return said, found.unclear


def problems(
    codes: Mapping[str, set[str]], unclear: Iterable[str], rows: Iterable[Row], ruled: Iterable[str], known: Iterable[str] = ()
) -> list[str]:
    """What is wrong with the table, a sentence each. ruled: codes of diagnosis rules. known: names of playbooks, roles and modules."""
    said, listed, ruled, known = set(codes), list(rows), set(ruled), set(known)
    names = [row.code for row in listed]
    found = [f"{place}: what code this can be is not clear; make it a text, or a table of texts" for place in sorted(unclear)]
    found += [f"code {code} can leave the collection and has no row in docs/data/failure_codes" for code in sorted(said - set(names))]
    found += [f"row {code} of docs/data/failure_codes: nothing says this code any more" for code in sorted(set(names) - said)]
    found += [f"row {code} stands twice" for code in sorted({n for n in names if names.count(n) > 1})]
    for row in listed:
        found += [f"row {row.code}: {wrong}" for wrong in _wrong(row, row.code in ruled, known)]
        elsewhere = sorted(file for file in codes.get(row.code, ()) if HEALTH not in file)
        if row.code in ruled and elsewhere and not row.also:
            found.append(f"row {row.code}: also is missing, and {elsewhere[0]} says the code, which is no rule of the diagnosis")
    return found


def _wrong(row: Row, ruled: bool, known: set[str]) -> Iterator[str]:
    if not code_sources.CODE.fullmatch(row.code):
        yield "it is no word in snake_case"
    if not re.fullmatch(r"\d+\.\d+\.\d+", row.since):
        yield "since is no version"
    for field in (*FIELDS, ALSO):
        text = getattr(row, field)
        if ruled and field != ALSO and text:
            yield f"{field} stands in its diagnosis rule already"
        elif not text and not ruled and field != ALSO:
            yield f"{field} is missing"
        elif text and (_FILLER.search(text) or len(text.split()) < 3 or not text.endswith((".", "`"))):
            yield f"{field} is no sentence that helps: {text!r}"
        if known:
            for name in _OURS.findall(text):
                if name not in known:
                    yield f"{field} names hypershift.core.{name}, which does not exist"


def names() -> set[str]:
    """Playbooks, roles and modules."""
    found = {p.stem for p in (ROOT / "playbooks").glob("*.yml")} | {p.stem for p in (ROOT / "plugins" / "modules").glob("*.py")}
    return found | {p.name for p in (ROOT / "roles").iterdir() if p.is_dir()}


def _section(row: Row, rule: Any) -> str:
    plain = lambda text: troubleshooting._escaped(troubleshooting._sentence(troubleshooting._plain(text)))  # noqa: E731
    meaning = f"{rule.title}." if rule else row.meaning
    cause = plain(rule.cause) if rule else row.cause
    remedy = plain(rule.next_step) if rule else row.remedy
    lines = [f"### {row.code}", "", f"**{meaning}**", "", f"- **Cause:** {cause}", f"- **Do:** {remedy}"]
    lines += [f"- **Besides:** {row.also}"] if row.also else []
    lines.append(f"- **Since:** {row.since}")
    if rule:
        lines.append(f"- **How it shows, and why:** [troubleshooting](troubleshooting.md#{row.code})")
    return "\n".join(lines)


def render() -> str:
    titles, rows = table()
    ruled = rules()
    index, body = ["## All codes", ""], []
    for area, title in titles.items():
        mine = sorted((row for row in rows if row.area == area), key=lambda row: row.code)
        links = ", ".join(f"[{row.code}](#{row.code})" for row in mine)
        index.append(f"- [{title}](#{troubleshooting._anchor(title)}): {links}")
        body += [f"## {title}", *(_section(row, ruled.get(row.code)) for row in mine)]
    return "\n\n".join([_HEAD.strip(), "\n".join(index), *body]) + "\n"


def main() -> int:
    _titles, rows = table()
    wrong = problems(*in_source(), rows, rules(), names())
    for line in wrong:
        print(line, file=sys.stderr)
    if wrong:
        return 1
    return write_or_check(TARGET, render(), "failure_codes")


if __name__ == "__main__":
    sys.exit(main())
