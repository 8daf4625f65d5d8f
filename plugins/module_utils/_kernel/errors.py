# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The one error shape of the collection.

Everything below the edge raises ``HypershiftError`` (or a subclass); ``_ansible`` alone turns it into ``fail_json``.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from .printable import printable, shortened

# Characters: a name has 253 at most, a list of many refusals a few thousand. What others wrote may have any number.
MAX_NAME, MAX_SENTENCE = 600, 12_000
CODES_PAGE = "docs/failure_codes.md"  # has a section for every code


@dataclass(frozen=True)
class Failure:
    """What a rulebook can branch on; returned to the user as ``failure``.

    code: stable snake_case identifier, for example ``missing_permission``.
    object: ``Kind namespace/name`` the failure is about, empty when there is none.
    condition: condition type that proves it, empty when none does.
    cause: one sentence, what is wrong.
    next_step: one sentence, what the user can do now.
    docs: page and section of the repository that explain the code; the list of all codes when nothing is given.

    This is the door through which texts of a cluster enter messages: what is not printable stays outside, and so does
    what is endless.
    """

    code: str
    cause: str
    object: str = ""
    condition: str = ""
    next_step: str = ""
    docs: str = ""

    def __post_init__(self) -> None:
        if self.code and not self.docs:
            object.__setattr__(self, "docs", f"{CODES_PAGE}#{self.code}")
        for name in ("object", "condition", "cause", "next_step"):
            text, most = str(getattr(self, name)), MAX_NAME if name in ("object", "condition") else MAX_SENTENCE
            object.__setattr__(self, name, shortened(printable(text), most))

    def message(self) -> str:
        """One plain sentence with object, cause and next step."""
        head = f"{self.object}: {self.cause}" if self.object else self.cause
        head = head.rstrip(". ")
        return f"{head}. {self.next_step}".strip() if self.next_step else f"{head}."

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


class HypershiftError(Exception):
    """Base of all errors that reach the user; never carries a secret."""

    def __init__(self, failure: Failure, **extra: Any) -> None:
        super().__init__(failure.message())
        self.failure = failure
        self.extra = extra


class OptionError(HypershiftError):
    """An option, or a combination of options, that the platform would refuse."""


class ApiError(HypershiftError):
    """The API server answered with an error. ``status`` is the HTTP code, 0 when no answer came."""

    def __init__(
        self, failure: Failure, status: int = 0, reason: str = "", retry_after: float = 0.0, **extra: Any
    ) -> None:
        super().__init__(failure, **extra)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after


class ConflictError(ApiError):
    """The object changed, appeared or vanished between plan and write; planning again is safe."""


class RefusedError(HypershiftError):
    """A plan that cannot work or was not allowed. Carries every refusal at once."""

    def __init__(self, refusals: list[Failure], **extra: Any) -> None:
        first = refusals[0]
        text = (
            first.cause if len(refusals) == 1 else " | ".join(f"({i}) {r.message()}" for i, r in enumerate(refusals, 1))
        )
        summary = (
            first
            if len(refusals) == 1
            else Failure(
                code=first.code, object=first.object, cause=f"{len(refusals)} refusals, nothing was written: {text}"
            )
        )
        super().__init__(summary, **extra)
        self.refusals = refusals


class WaitError(HypershiftError):
    """A wait that ended without its goal: hopeless, timed out or without progress."""
