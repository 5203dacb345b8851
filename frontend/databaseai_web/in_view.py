"""A box that comes into view when its number changes."""

import json

import reflex as rx
from reflex.vars import VarData

SCROLL = """useEffect(() => {{
  requestAnimationFrame(() => document.getElementById({id})?.scrollIntoView({{ block: "start" }}));
}}, [{when}]);"""
"""Done in the browser: the event that Reflex's server could send for it is evaluated as text, which the
Content-Security-Policy forbids."""


class InView(rx.el.Article):  # type: ignore[misc]  # Reflex's elements are untyped
    """An article that scrolls to the top of the window at each new value of `when`."""

    when: rx.Var[int]

    def _exclude_props(self) -> list[str]:
        return [*super()._exclude_props(), "when"]

    def add_hooks(self) -> list[rx.Var[str]]:
        """The effect, with what it needs from the state."""
        imports = VarData(imports={"react": "useEffect"})
        data = VarData.merge(imports, self.when._get_all_var_data())  # noqa: SLF001  # Reflex's way to merge
        code = SCROLL.format(id=json.dumps(self.id), when=self.when)
        return [rx.Var(code, _var_data=data)]
