# Copyright: (c) 2026, hypershift.core contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A list, page by page, that comes to an end whatever the server does."""

from __future__ import annotations

from collections.abc import Callable

from .._kernel.errors import ApiError
from .._kernel.objects import Object
from .answers import Limits, Unusable, items_of, malformed, metadata_of, too_large
from .failures import HttpRequest

PAGE = 1000
_SMALLEST = 10  # objects a page, of those that are too large for one answer
Fetch = Callable[[Object], tuple[Object, int]]  # query -> answer and its bytes


def whole_list(fetch: Fetch, query: Object, request: HttpRequest, limits: Limits) -> tuple[list[Object], Object]:
    """All objects, and the metadata of the last page. Raises ApiError."""
    query = {"limit": PAGE, **query}
    items: list[Object] = []
    seen: set[str] = set()
    size = 0
    for _page in range(limits.pages):
        try:
            answer, length = fetch(query)
        except ApiError as error:
            if error.status == 410 and "continue" in query:  # the page token expired: the list starts anew
                items, seen, query = [], set(), {key: value for key, value in query.items() if key != "continue"}
                continue
            if error.failure.code in ("answer_too_large", "answer_too_deep") and query["limit"] > _SMALLEST:
                query = {**query, "limit": query["limit"] // 10}
                continue
            raise
        size += length
        if size > limits.listed:
            raise too_large(request, limits.listed, "list")
        items += items_of(answer, request)
        meta = metadata_of(answer, request)
        token = meta.get("continue")
        if not token:
            return items, meta
        if not isinstance(token, str) or token in seen:
            raise malformed(request, "a list that leads back to a page that was read already")
        seen.add(token)
        query = {**query, "continue": token}
    cause = f"{request.server} sent a list that had no end after {limits.pages} pages"
    raise Unusable("too_many_pages", cause, request)
