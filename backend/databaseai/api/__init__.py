"""HTTP: routes, problems, wire types, and the answers that run behind them.

`build` and `lifespan` load what they need when first named: the UI imports nothing but `schemas` from here.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from databaseai.api.asgi import build, lifespan

__all__ = ["build", "lifespan"]


def __getattr__(name: str) -> object:
    if name in __all__:
        from databaseai.api import asgi

        return getattr(asgi, name)
    raise AttributeError(name)
