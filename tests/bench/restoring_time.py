# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How long a hosted API is down while etcd is restored: three members, quorum lost, a real hosted API server. ``restoring_time.py 64 1024`` (MiB).

api_downtime_seconds: as the restore reports it, from the first writer stopped to the API server available. api_answers_after_seconds: from the
beginning of the restore until the hosted API itself answers a request.
"""

from __future__ import annotations

import json
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
for extra in (ROOT / "build" / "collections", ROOT / "tests" / "hub", ROOT / "tests" / "integration"):
    sys.path.insert(0, str(extra))

from embedded_hub import EmbeddedHub  # noqa: E402
from etcd_restore.restoring import Scene, run  # noqa: E402
from hosted_etcd import HostedEtcd  # noqa: E402

HUB = "bench-restore"
VALUE = 100_000
TIMEOUT = 900


def measure(hub: EmbeddedHub, mib: int) -> dict[str, Any]:
    """One restore of a database of that size."""
    folder = Path(tempfile.mkdtemp(prefix="bench-restore-"))
    scene = Scene(hub, f"db{mib}", hub.kubeconfig, folder / "store", timeout=TIMEOUT)
    HostedEtcd(hub, "clusters", scene.name).delete()
    try:
        HostedEtcd.create(hub, scene.name, replicas=3, api_server=True)
        scene.etcd.put_many("/fill/", (mib << 20) // VALUE, VALUE)
        begun = time.monotonic()
        snapshot = run_snapshot(scene)
        taking = time.monotonic() - begun
        scene.lose_quorum()
        digest = scene.plan()["digest"]
        begun = time.monotonic()
        result = scene.apply(digest)
        if result.get("failed"):
            raise RuntimeError(result["msg"])
        whole, etcd = time.monotonic() - begun, scene.etcd
        etcd.wait("API answers", etcd.api_answers, 60)
        restore = result["restore"]
        return {
            "mib": mib,
            "snapshot_mib": snapshot["size"] >> 20,
            "snapshot_seconds": round(taking, 1),
            "restore_seconds": round(whole, 1),
            "api_downtime_seconds": restore["api_downtime_seconds"],
            "api_answers_after_seconds": round(time.monotonic() - begun, 1),
            "steps": {s["name"]: s["seconds"] for s in restore["steps"]},
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10,
        }
    finally:
        scene.remove()
        shutil.rmtree(folder, ignore_errors=True)


def run_snapshot(scene: Scene) -> dict[str, Any]:
    result = run("etcd_snapshot", scene.options())
    if result.get("failed"):
        raise RuntimeError(result["msg"])
    found: dict[str, Any] = result["snapshot"]
    return found


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [64, 1024]
    hub = EmbeddedHub.up(name=HUB, speed=240)
    try:
        rows = [measure(hub, size) for size in sizes]
    finally:
        hub.down()
    target = ROOT / "build" / "bench-restore.json"
    target.write_text(json.dumps(rows, indent=1))
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
