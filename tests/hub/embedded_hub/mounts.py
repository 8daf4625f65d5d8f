# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""File systems that the pod runner has mounted for volumes with a size."""

from __future__ import annotations

import subprocess
from pathlib import Path


def below(folder: Path, table: str) -> list[str]:
    """Mount points inside a folder, inner ones first; spaces in their names are escaped in the table."""
    points = [line.split(" ")[1].replace("\\040", " ") for line in table.splitlines()]
    return sorted((point for point in points if Path(point) != folder and Path(point).is_relative_to(folder)), reverse=True)


def release(folder: Path) -> None:
    """Unmount them; without it the folder of a hub that has ended could not be removed."""
    for point in below(folder, Path("/proc/self/mounts").read_text()):
        subprocess.run(["umount", "--lazy", point], check=False, capture_output=True)
