# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Two job slices of one campaign at the same time, as AAP runs them: ansible-runner, an inventory each, killed and started again."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from embedded_hub.testing import until
from playing import FOLDER, kill
from upgrades.campaign import TO, Campaign, Campaigns

CLUSTERS = 12


class Slice:
    """A private data folder of ansible-runner: every second host of the inventory, as job slicing deals them out."""

    def __init__(self, campaign: Campaign, environment: dict[str, str], number: int) -> None:
        self.folder = FOLDER / f"{campaign.name}-slice-{number}"
        ids = sorted(entry["id"] for entry in campaign.document["clusters"])[number::2]
        self._put("inventory/hosts.json", {"hosted_clusters": {"hosts": {key: {} for key in ids}}})
        self._put("env/extravars", campaign.variables(staged_upgrade_slice=str(number + 1)))
        self._put("env/envvars", environment)
        self._put("project/run.yml", [{"import_playbook": "hypershift.core.upgrade_run"}])

    def _put(self, name: str, content: object) -> None:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(content))

    def start(self) -> subprocess.Popen[bytes]:
        argv = [str(Path(sys.executable).parent / "ansible-runner"), "run", str(self.folder), "-p", "run.yml", "--quiet", "--forks", "5"]
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        return subprocess.Popen(argv, env={**os.environ, "PATH": path}, stdin=subprocess.DEVNULL, start_new_session=True)

    @property
    def output(self) -> str:
        files = sorted(self.folder.glob("artifacts/*/stdout"), key=lambda f: f.stat().st_mtime)
        return files[-1].read_text() if files else ""


def test_two_slices_killed_and_started_again_patch_no_cluster_twice(campaigns: Campaigns) -> None:
    campaign = campaigns.prepare("sliced", CLUSTERS, hubs=1, first=3)
    campaign.plan().ok()
    wanted = ("ANSIBLE_COLLECTIONS_PATH", "ANSIBLE_HOME", "K8S_AUTH_KUBECONFIG")
    environment = {k: v for k, v in campaigns.player.variables(FOLDER / "unused").items() if k in wanted}
    slices = [Slice(campaign, environment, number) for number in (0, 1)]
    started = time.time()
    running = [one.start() for one in slices]
    try:
        until("the slices have begun", lambda: len(campaign.patches(started)) >= 3, 60)
        for process in running:
            kill(process)
        assert not campaign.at(TO)
        running = [one.start() for one in slices]
        codes = [process.wait(240) for process in running]
    finally:
        for process in running:
            kill(process)
    assert codes == [0, 0], "\n".join(one.output[-3000:] for one in slices)
    assert campaign.at(TO)
    assert campaign.patched_once(started), (campaign.patches(started).most_common(3), campaign.patches(started, answered=False))
    assert campaign.leases() == [] and len(campaign.journal()) == CLUSTERS
