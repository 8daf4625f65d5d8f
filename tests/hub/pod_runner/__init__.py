# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Gives pods of our own images real processes, as a kubelet would: init containers, probes, restarts, volumes."""

from __future__ import annotations
