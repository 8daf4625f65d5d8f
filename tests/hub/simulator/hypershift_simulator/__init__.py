# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Plays the HyperShift operator, its control plane operators and Cluster API on a management cluster of a test."""

from __future__ import annotations

__version__ = "1.0.0"
