# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The report as HTML and as JUnit XML: escaping, counts, size, and that nothing comes from outside."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.rendering import html
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.rendering.html import html_of, span
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.rendering.junit import junit_of
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.report import STATES as ALL_STATES
from ansible_collections.hypershift.core.plugins.module_utils._campaigns.report import report_of

from builders.effort import calls
from campaigns.report_builders import NOW, sample

VOID = {"meta", "br", "hr", "img", "input", "link", "use", "rect", "path"}


class Page(HTMLParser):
    """Tags must nest; what is read aloud and what is fetched is kept."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content.decode())
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes something else"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def test_everything_a_person_asks_for_is_on_the_page() -> None:
    report = sample()
    page = Page(html_of(report))
    for text in (
        "Upgrade campaign autumn",
        report["headline"],
        report["digest"],
        "Failed",
        "PodDisruptionBudget",
        "SlowEtcdDefrag",
        "Wave canary",
    ):
        assert text in page.text
    for row in report["clusters"]:
        assert f"{row['namespace']}/{row['name']}" in page.text
    assert page.text.count("accepted_risks") == 1, "the remedy of a refusal"


def test_the_page_fetches_nothing_and_runs_nothing() -> None:
    content = html_of(sample())
    page = Page(content)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _attributes in page.tags}
    assert not re.search(rb"(https?:|@import|url\(|\son[a-z]+=)", content)
    assert {attributes.get("href") for attributes in page.named("use")} == {"#g"}


def test_tables_and_bars_can_be_read_aloud() -> None:
    page = Page(html_of(sample()))
    assert all(attributes.get("scope") for attributes in page.named("th"))
    pictures = [attributes for attributes in page.named("svg") if attributes.get("role") == "img"]
    assert len(pictures) == 37 and all("control plane to 4.21.5" in str(p["aria-label"]) for p in pictures)
    assert page.named("html")[0]["lang"] == "en"


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7 * 7 }}", "a & b", "' onmouseover='x"]
)
def test_what_clusters_and_people_wrote_is_text(hostile: str) -> None:
    report = sample(10)
    report["campaign"] = hostile
    for row in report["clusters"]:
        row["name"] = row["wave"] = row["hub"] = row["version"] = hostile
        row["failure"] = {"code": "x", "cause": hostile, "next_step": hostile}
        row["refusals"], row["warnings"] = [{"cause": hostile, "next_step": hostile}], [hostile]
        for phase in row["phases"]:
            phase["version"], phase["pools"] = hostile, [hostile]
    report["waves"][0]["name"], report["clusters"][0]["state"] = hostile, "failed"
    content = html_of(report)
    page = Page(content)
    assert hostile in page.text
    assert not {"script", "img"} & {tag for tag, _attributes in page.tags}
    assert not [attributes for _tag, attributes in page.tags if any(str(name).startswith("on") for name in attributes)]
    root = ElementTree.fromstring(junit_of(report))
    assert hostile in [failure.get("message") for failure in root.iter("failure")]


def test_every_state_has_a_sign_and_a_word_and_every_verdict_a_title() -> None:
    assert set(html.STATES) == set(ALL_STATES)
    assert len({sign for sign, _word in html.STATES.values()}) == len(html.STATES)
    for verdict in html.VERDICTS:
        assert html.VERDICTS[verdict][1] in Page(html_of({**sample(10), "verdict": verdict})).text


def test_nothing_has_begun_and_nothing_is_planned() -> None:
    plan = {"campaign": "autumn", "digest": "sha256:0", "clusters": [], "waves": []}
    page = Page(html_of(report_of(plan, {}, NOW)))
    assert "Nothing has begun yet." in page.text and "The plan has no hosted clusters." in page.text and "Timeline" not in page.text


def test_a_thousand_clusters_make_a_page_of_less_than_two_megabytes() -> None:
    report = sample(1000)
    content, junit = html_of(report), junit_of(report)
    assert len(content) < 2_000_000 and len(junit) < 2_000_000
    assert Page(content).text.count("clusters/billing-1 ") == 2, "in the timeline and in the table"


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, "\u2013"), (0, "0 s"), (59, "59 s"), (750, "12 min 30 s"), (3900, "1 h 05 min"), (90000, "1 d 01 h")]
)
def test_durations_for_people(seconds: int | None, text: str) -> None:
    assert span(seconds) == text


def test_junit_has_a_suite_per_wave_and_counts_that_are_right() -> None:
    report = sample()
    report["clusters"][5]["state"], report["clusters"][5]["failure"] = "unknown", {"cause": "no answer"}
    root = ElementTree.fromstring(junit_of(report))
    suites = {suite.get("name"): suite for suite in root}
    assert list(suites) == ["canary", "early", "rest", "not upgraded by the plan"]
    for element in (root, *root):
        cases = list(element.iter("testcase"))
        counted = [len(list(element.iter(tag))) for tag in ("failure", "error", "skipped")]
        assert [element.get(key) for key in ("tests", "failures", "errors", "skipped")] == [str(n) for n in (len(cases), *counted)]
    counts = report["counts"]
    assert root.get("tests") == "40" and root.get("failures") == "1" and root.get("errors") == "1"
    assert int(root.get("skipped", "0")) == counts["running"] + counts["pending"] + counts["refused"]
    failure = next(root.iter("failure"))
    assert "PodDisruptionBudget" in str(failure.get("message")) and "run the campaign again" in str(failure.text)
    assert "SlowEtcdDefrag" in " ".join(str(s.get("message")) for s in root.iter("skipped"))


@pytest.mark.parametrize("text", ["a\x00b", "a\x1b[31mb", "a\ufffeb", "a\ud800b"])
def test_junit_replaces_what_xml_cannot_hold(text: str) -> None:
    report: dict[str, Any] = sample(10)
    report["clusters"][0]["warnings"] = [text]
    root = ElementTree.fromstring(junit_of(report))
    assert "a\N{REPLACEMENT CHARACTER}" in str(next(root.iter("system-out")).text)


def test_without_jinja2_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "IMPORT_ERROR", "No module named 'jinja2'")
    with pytest.raises(Exception, match="Install it: pip install jinja2"):
        html_of(sample(10))


def test_the_effort_grows_with_the_clusters_and_no_faster() -> None:
    small, large = sample(50), sample(500)
    html_of(small)  # what is made once is not counted
    assert calls(lambda: (html_of(large), junit_of(large))) < 11 * calls(lambda: (html_of(small), junit_of(small)))
