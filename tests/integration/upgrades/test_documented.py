# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The documented campaigns run as they stand there: the guide's, the README's, the role's and the modules' examples."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import yaml

from playing import ROOT, Played
from upgrades.campaign import FROM, Campaigns
from upgrades.fleet import Fleet

GUIDE, README, ROLE = ROOT / "docs" / "upgrades.md", ROOT / "README.md", ROOT / "roles" / "staged_upgrade" / "README.md"
COMMAND = re.compile(r"^ansible-playbook hypershift\.core\.(upgrade_\w+)(.*)$", re.MULTILINE)
YAML_BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXAMPLES = re.compile(r'^EXAMPLES = r"""\n(.*?)^"""', re.DOTALL | re.MULTILINE)
DIGEST = re.compile(r"sha256:(?:\.\.\.|0f3c\.\.\.)")
FOLDER, ALERTMANAGER = "/srv/campaigns", "https://alertmanager.example.com"
HUBS = ("east", "west")


class Alertmanager(BaseHTTPRequestHandler):
    """Takes silences as the real one does, and remembers them."""

    silences: dict[str, dict[str, Any]] = {}
    ended: list[str] = []

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        name = f"silence-{len(self.silences)}"
        self.silences[name] = body
        self._answer(json.dumps({"silenceID": name}).encode())

    def do_DELETE(self) -> None:
        self.ended.append(self.path.rpartition("/")[2])
        self._answer(b"")

    def _answer(self, content: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        """Not to the test's output."""


@pytest.fixture(scope="module")
def alertmanager() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Alertmanager)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join(10)


@pytest.fixture(scope="module")
def documented(campaigns: Campaigns, alertmanager: str, tmp_path_factory: pytest.TempPathFactory) -> Documented:
    return Documented(campaigns, alertmanager, tmp_path_factory.mktemp("campaigns"))


class Documented:
    """Two hubs as in the guide (namespaces stand for them), and text of the pages with this machine's paths."""

    def __init__(self, campaigns: Campaigns, alertmanager: str, folder: Path) -> None:
        self.folder, self._campaigns, self._alertmanager = folder, campaigns, alertmanager
        self.kubeconfig = campaigns.player.kubeconfig
        fleet: Fleet = campaigns.fleet
        fleet.release("4.21.3")
        keys = [("east", "east-a"), ("east", "east-b"), ("west", "west-a"), ("clusters", "demo"), ("clusters", "other")]
        labels = {key[1]: {"tier": "bronze" if key[1] == "east-a" else "gold", "application": key[1]} for key in keys}
        fleet.create(*keys, version=FROM, labels=labels)
        fleet.until_at(FROM, *keys)

    def text(self, text: str, digest: str = "") -> str:
        text = DIGEST.sub(digest, text.replace(FOLDER, str(self.folder)).replace(ALERTMANAGER, self._alertmanager))
        for hub in HUBS:
            text = text.replace(f"kubeconfig: /etc/hubs/{hub}", f'{{kubeconfig: "{self.kubeconfig}", namespace: {hub}}}')
        return re.sub(r"- name: (east|west)\n\s+\{(.*)\}", r"- {name: \1, \2}", text)

    def play(self, content: Any) -> Played:
        playbook, record = self._campaigns.player.files([], None)
        playbook.write_text(yaml.safe_dump(content))
        return self._campaigns.player.run(playbook, record, [])

    def command(self, name: str, rest: str, digest: str) -> Played:
        arguments = [a.replace("@campaign.yml", f"@{self.folder}/campaign.yml") for a in shlex.split(self.text(rest, digest))]
        return self._campaigns.player.playbook(name, *arguments)

    @property
    def digest(self) -> str:
        return str(json.loads((self.folder / "autumn.json").read_text())["digest"])


def test_the_campaign_of_the_guide_from_start_to_end(documented: Documented) -> None:
    variables = next(b for b in YAML_BLOCK.findall(GUIDE.read_text()) if b.startswith("upgrade_campaign"))
    (documented.folder / "campaign.yml").write_text(documented.text(variables).replace("soak_minutes: 60", "soak_minutes: 0"))
    commands = COMMAND.findall(GUIDE.read_text())
    assert [name for name, _rest in commands] == ["upgrade_plan", "upgrade_run", "upgrade_report"]
    planned = documented.command(*commands[0], "").ok()
    assert f"-e upgrade_digest={documented.digest}" in planned.output.replace("\n", " ")
    documented.command(*commands[1], documented.digest).ok()
    documented.command(*commands[2], documented.digest).ok()
    assert "<html" in (documented.folder / "autumn.html").read_text()


def test_commands_of_the_readme_are_those_of_the_guide(documented: Documented) -> None:
    assert COMMAND.findall(README.read_text()) == COMMAND.findall(GUIDE.read_text())


@pytest.mark.parametrize("number", [0, 1])
def test_examples_of_the_role(documented: Documented, campaigns: Campaigns, number: int) -> None:
    """A new plan for what is there by now: hooks run for it, and Alertmanager is asked to be silent, once, and no longer than needed."""
    target = ("4.21.4", "4.21.5")[number]
    keys = [("east", "east-a"), ("east", "east-b"), ("west", "west-a")]
    campaigns.fleet.release(target)
    campaigns.fleet.until_offered(target, *keys)
    hubs = [{"name": hub, "namespace": hub, "kubeconfig": str(documented.kubeconfig)} for hub in HUBS]
    file = documented.folder / "autumn.json"
    images = {target: f"quay.io/openshift-release-dev/ocp-release:{target}-multi"}
    given = {"campaign": f"autumn-{number}", "target": {"version": target}, "release_images": images, "hubs": hubs, "dest": str(file)}
    campaigns.player.play({"hypershift.core.upgrade_plan": given}).ok()
    (play,) = yaml.safe_load(documented.text(YAML_BLOCK.findall(ROLE.read_text())[number], documented.digest))
    play["vars"].setdefault("upgrade_hubs", hubs)
    for hook in ("tell-the-owners", "smoke-test"):
        tasks = [{"name": hook, "ansible.builtin.debug": {"msg": f"{hook} of {{{{ inventory_hostname }}}}"}}]
        (documented.folder / f"{hook}.yml").write_text(yaml.safe_dump(tasks))
    output = documented.play([play]).ok().output
    assert {campaigns.fleet.versions()[key] for key in keys} == {(target, target)}
    if number:
        for name in ("east-a.east.east", "east-b.east.east", "west-a.west.west"):
            assert f"tell-the-owners of {name}" in output and f"smoke-test of {name}" in output
        assert [s["matchers"][0]["name"] for s in Alertmanager.silences.values()] == ["alertname"]
        assert Alertmanager.ended == list(Alertmanager.silences)


def examples(module: str) -> list[dict[str, Any]]:
    text = (ROOT / "plugins" / "modules" / f"{module}.py").read_text()
    return [task for match in EXAMPLES.finditer(text) for task in yaml.safe_load(match[1])]


def test_examples_of_the_modules(documented: Documented, campaigns: Campaigns) -> None:
    modules = sorted(p.stem for p in (ROOT / "plugins" / "modules").glob("upgrade_*.py"))
    assert modules == ["upgrade_gate", "upgrade_plan", "upgrade_record", "upgrade_report"]
    file = documented.folder / "autumn.json"
    options = {"campaign": "modules", "namespace": "clusters", "target": {"version": "4.21.3"}, "dest": str(file)}
    first = {"hypershift.core.upgrade_plan": options, "register": "planned"}
    told = yaml.safe_load(
        documented.text(yaml.safe_dump([*examples("upgrade_gate"), *examples("upgrade_record"), *examples("upgrade_plan")]))
    )
    campaigns.player.play(first, *told, variables={"upgrade_digest": "{{ planned.digest }}"}).ok()
    report, verdict = yaml.safe_load(documented.text(yaml.safe_dump(examples("upgrade_report"))))
    assert "hosted cluster" in campaigns.player.play(report, verdict).failed()["msg"]


def test_pages_name_only_what_exists() -> None:
    modules = {p.stem for p in (ROOT / "plugins" / "modules").glob("*.py")}
    options = yaml.safe_load((ROOT / "roles" / "staged_upgrade" / "meta" / "argument_specs.yml").read_text())
    playbooks = "".join(p.read_text() for p in (ROOT / "playbooks").glob("upgrade_*.yml"))
    known = modules | set(options["argument_specs"]["main"]["options"]) | set(re.findall(r"\bupgrade_\w+", playbooks))
    for page in (GUIDE, README, ROLE):
        named = set(re.findall(r"(?<![\w.])(?:staged_)?upgrade_[a-z]\w*", page.read_text()))
        assert named <= known | {"staged_upgrade"}, sorted(named - known)
