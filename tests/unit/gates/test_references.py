# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What code, tests and pages refer to is there: sections of docs/platform_facts.md, pages and files of this repository."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
FACTS = ROOT / "docs" / "platform_facts.md"
_NUMBER = r"(?:O\.\d+|\d+(?:\.\d+)*)"
# platform_facts#6.3, and the further ones of a list: platform_facts#6.3, #O.10 or #8.0 to #8.2, over the ends of lines too.
REFERENCE = re.compile(rf"platform_facts(?:\.md)?#({_NUMBER})((?:(?:,|\s|\"|\band\b|\bto\b)+(?:platform_facts)?#{_NUMBER})*)")
# Forms that lead nowhere: sheets that are not part of the repository, and a number of the page without its name.
ADRIFT = re.compile(
    rf"\b[Ff]acts?[\s\"'#(]+{_NUMBER}\b|\b[Dd]esign \d+(?:\.\d+)?\b|\b[Tt]raps? \d+\b|§|\b[Aa]ddend(?:a|um)\b|(?<![#\w.\[])O\.\d+\b"
)
FOLDERS = ("plugins", "tests", "docs", "roles", "playbooks", "extensions", "meta")
SUFFIXES = (".py", ".md", ".yml", ".yaml", ".j2", ".toml", ".sh")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[^)\s]+)?\)")


def texts() -> Iterator[tuple[str, str]]:
    """Name and text of every file that people of this repository write or read."""
    for path in sorted([*ROOT.glob("*.md"), *(p for folder in FOLDERS for p in (ROOT / folder).rglob("*"))]):
        aside = path == Path(__file__) or path == FACTS or {"__pycache__", "node_modules", "build"} & set(path.parts)
        if path.is_file() and path.suffix in SUFFIXES and not aside:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")


def numbers(text: str) -> list[str]:
    """Sections of docs/platform_facts.md that a text refers to."""
    return [n for first, rest in REFERENCE.findall(text) for n in (first, *re.findall(rf"#({_NUMBER})", rest))]


def adrift(text: str) -> list[str]:
    """References of a text that nobody can follow."""
    return [" ".join(m.group().split()) for m in ADRIFT.finditer(text)]


def anchors(text: str) -> list[str]:
    return re.findall(r'<a id="([^"]+)"></a>', text)


SECTIONS = anchors(FACTS.read_text(encoding="utf-8"))
TEXTS = dict(texts())


def headings(text: str) -> set[str]:
    """Anchors of a page: those that are written, and those that its headings get."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {*anchors(text), *(re.sub(r"[^\w -]", "", re.sub(r"<[^>]+>", "", t).lower()).strip().replace(" ", "-") for t in titles)}


def lost_links(page: Path, text: str) -> list[str]:
    """Links of a page to files and headings that are not there."""
    lost = []
    for target, anchor in LINK.findall(text):
        path = (page.parent / target).resolve() if target else page
        there = path.exists() and (not anchor or path.suffix != ".md" or anchor[1:] in headings(path.read_text(encoding="utf-8")))
        lost += [] if there else [f"{target}{anchor}"]
    return lost


def test_every_reference_to_a_fact_leads_to_its_section() -> None:
    wrong = [f"{name}: platform_facts#{n}" for name, text in TEXTS.items() for n in numbers(text) if n not in SECTIONS]
    wrong += [f"docs/platform_facts.md: #{n}" for n in numbers(FACTS.read_text(encoding="utf-8")) if n not in SECTIONS]
    assert not wrong, "\n".join(wrong)


def test_no_reference_leads_nowhere() -> None:
    found = [f"{name}: {what}" for name, text in TEXTS.items() for what in adrift(text)]
    assert not found, "\n".join(["write platform_facts#<number>, or the reason in words:", *found])


def test_a_section_has_its_number_its_source_and_somebody_who_relies_on_it() -> None:
    assert len(SECTIONS) == len(set(SECTIONS)) > 60
    parts = re.split(r"^### ", FACTS.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    for part in parts:
        title = re.sub(r"<[^>]+>", "", part.splitlines()[0])
        assert title.split()[0] == anchors(part)[-1] and "\nSource: " in part, title
    used = {n for text in [*TEXTS.values(), FACTS.read_text(encoding="utf-8")] for n in numbers(text)}
    ranges = {n for n in SECTIONS for text in TEXTS.values() for a, b in _ranges(text) if _key(a) <= _key(n) <= _key(b)}
    assert set(SECTIONS) - used - ranges == set(), "nobody relies on these sections: take them out, or say where they count"


def _ranges(text: str) -> list[tuple[str, str]]:
    return re.findall(rf"#({_NUMBER})\s+to\s+#({_NUMBER})", text)


def _key(number: str) -> tuple[int, ...]:
    return tuple(99 if part == "O" else int(part) for part in number.split("."))


PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("roles/*/README.md")])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    assert lost_links(page, page.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "text",
    [
        *(
            "see facts 6.3",
            "(facts O.3, O.9)",
            'healthy (facts"\n            " 6.5)',
            "(facts\n    2.2)",
            "design 8.10",
            "trap 7",
            "Source: fact 1.1.",
        ),
        *("as in O.14", "S§6.9", "by the addenda"),
    ],
)
def test_the_gate_finds_a_reference_that_leads_nowhere(text: str) -> None:
    assert adrift(text)


def test_the_gate_reads_lists_and_finds_what_is_not_there(tmp_path: Path) -> None:
    assert numbers("(platform_facts#2.7, #O.9)") == ["2.7", "O.9"]
    assert numbers("platform_facts#8.0 to #8.2 and #8.6,\n#99.1.") == ["8.0", "8.2", "8.6", "99.1"] and "99.1" not in SECTIONS
    assert adrift("wait_for(hub, fact, 700), platform_facts#O.14, three facts, [O.3](platform_facts.md#O.3)") == []
    page = tmp_path / "page.md"
    page.write_text("# Top\n[a](#top) [b](#no) [c](other.md) [d](https://example.com/x)")
    assert lost_links(page, page.read_text()) == ["#no", "other.md"]
