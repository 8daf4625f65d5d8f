# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Build the artifact, let galaxy-importer read it, and let antsibull-docs lint its documentation. Any finding fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from sanity import ROOT, copy_collection

COLLECTIONS = ROOT / "build" / "collections"
DIST = ROOT / "build" / "dist"
CONFIG = "[galaxy-importer]\nRUN_ANSIBLE_TEST = False\nRUN_ANSIBLE_DOC = True\nCHECK_REQUIRED_TAGS = True\n"


def run(command: list[str], cwd: Path, collections: Path, **variables: str) -> tuple[int, str]:
    environment = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections), "NO_COLOR": "1", **variables}
    done = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    print(done.stdout)
    return done.returncode, done.stdout


def importer_findings() -> list[str]:
    shutil.rmtree(DIST, ignore_errors=True)
    DIST.mkdir(parents=True)
    (DIST / "importer.cfg").write_text(CONFIG)
    binaries = Path(sys.executable).parent
    code, output = run([str(binaries / "ansible-galaxy"), "collection", "build", "--output-path", str(DIST), str(ROOT)], ROOT, COLLECTIONS)
    if code:
        return ["the artifact cannot be built"]
    artifact = next(DIST.glob("*.tar.gz"))
    code, output = run(
        [sys.executable, "-m", "galaxy_importer.main", str(artifact)], DIST, COLLECTIONS, GALAXY_IMPORTER_CONFIG=str(DIST / "importer.cfg")
    )
    findings = [line for line in output.splitlines() if re.match(r"^(ERROR|WARNING|CRITICAL)", line)]
    if code or "Importer processing completed successfully" not in output:
        findings.append("galaxy-importer did not complete")
    return findings


def documentation_findings() -> list[str]:
    tree = ROOT / "build" / "docs"
    target = tree / "ansible_collections" / "hypershift" / "core"
    copy_collection(target)
    for name in ("kubernetes", "amazon"):
        link = target.parents[1] / name
        if not link.exists():
            link.symlink_to(COLLECTIONS / "ansible_collections" / name, target_is_directory=True)
    options = ["--plugin-docs", "--validate-collection-refs", "dependent", "--check-extra-docs-refs"]
    code, output = run([str(Path(sys.executable).parent / "antsibull-docs"), "lint-collection-docs", *options, "."], target, tree)
    return ["antsibull-docs has findings"] if code or output.strip() else []


def main() -> int:
    findings = importer_findings() + documentation_findings()
    for finding in findings:
        print(f"finding: {finding}")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
