"""Whether two trees of libpg_query are of one query."""

from typing import Any

PLACES = {"location", "list_start", "list_end", "rexpr_list_start", "rexpr_list_end"}
"""Members of a tree that say where in the text a part stands."""


def same(one: Any, other: Any) -> bool:
    """Two trees of one query, wherever in a text they stand."""
    pairs = [(one, other)]
    while pairs:
        left, right = pairs.pop()
        if isinstance(left, dict) and isinstance(right, dict):
            if left.keys() - PLACES != right.keys() - PLACES:
                return False
            pairs.extend((left[key], right[key]) for key in left.keys() - PLACES)
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            pairs.extend(zip(left, right, strict=True))
        elif left != right:
            return False
    return True
