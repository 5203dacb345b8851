"""What the process adds around the export: headers, same origin, Reflex's own settings."""

import base64
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from databaseai_web import asgi
from databaseai_web.secure_headers import SecureHeaders, policy

ROOT = Path(__file__).parents[2]


def test_the_policy_allows_the_inline_scripts_by_hash(tmp_path: Path) -> None:
    (tmp_path / "login").mkdir()
    (tmp_path / "index.html").write_text(
        '<script src="/a.js">not inline</script><script>\nfirst()\n</script>'
        '<script type="module" async="">second()</script>'
    )
    (tmp_path / "login" / "index.html").write_text("<script>third()</script>")
    rules = policy(tmp_path)
    for script in ("\nfirst()\n", "second()", "third()"):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in rules
    assert rules.count("sha256-") == 3
    assert "'unsafe-eval'" not in rules


@pytest.mark.parametrize(
    ("path", "status", "caching"),
    [
        ("/", 200, b"no-cache"),
        ("/assets/x.js", 200, b"public, max-age=31536000, immutable"),
        ("/assets/gone.js", 404, b"no-store"),
        ("/api/v1/ask", 200, None),
        ("/metrics", 200, None),
    ],
)
async def test_headers(path: str, status: int, caching: bytes | None) -> None:
    sent: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        headers = [(b"X-Frame-Options", b"SAMEORIGIN"), (b"content-type", b"text/html")]
        await send({"type": "http.response.start", "status": status, "headers": headers})

    async def send(message: Any) -> None:
        sent.append(message)

    await SecureHeaders(app, "default-src 'none'")({"type": "http", "path": path}, None, send)  # type: ignore[arg-type]  # nothing is received
    headers = {name.lower(): value for name, value in sent[0]["headers"]}
    assert headers.get(b"cache-control") == caching
    assert headers[b"x-frame-options"] == (b"DENY" if caching else b"SAMEORIGIN")
    assert (b"content-security-policy" in headers) is (caching is not None)
    names = [name.lower() for name, _ in sent[0]["headers"]]
    assert len(names) == len(set(names))


@pytest.mark.parametrize(
    ("origin", "host", "same"),
    [
        ("http://localhost:8088", "localhost:8088", True),
        ("https://ai.example", "AI.example", True),
        ("http://localhost:8089", "localhost:8088", False),
        ("http://evil.example", "localhost:8088", False),
        ("null", "localhost:8088", False),
        ("", "localhost:8088", False),
    ],
)
def test_a_websocket_comes_from_our_own_page(origin: str, host: str, same: bool) -> None:
    assert asgi.same_origin(origin, {"HTTP_HOST": host}) is same


def test_without_a_host_nothing_is_the_same_origin() -> None:
    assert not asgi.same_origin("", {})


def test_reflex_settings_of_the_shell_do_not_count(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delitem(sys.modules, "reflex", raising=False)
    monkeypatch.setattr(os, "environ", {"REFLEX_CORS_ALLOWED_ORIGINS": "*", "HOME": "/"})
    asgi.set_environment(tmp_path, "redis://localhost")
    assert "REFLEX_CORS_ALLOWED_ORIGINS" not in os.environ
    assert os.environ["REFLEX_STATE_MANAGER_MODE"] == "redis"
    asgi.set_environment(tmp_path, None)
    assert "REFLEX_REDIS_URL" not in os.environ


def test_too_late_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "reflex", object())
    with pytest.raises(RuntimeError, match="before"):
        asgi.set_environment(tmp_path, None)


def test_importing_the_module_imports_no_reflex() -> None:
    code = (
        "import sys, databaseai_web.asgi; print([name for name in sys.modules if name.startswith('reflex')])"
    )
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "frontend", ROOT / "backend"))),
    }
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.strip() == "[]"


PATCHED_TWICE = """
import runpy, sys
from pathlib import Path
import reflex_base
wanted = runpy.run_path(sys.argv[1])
script = Path(reflex_base.__file__).parent / ".templates" / "web" / "utils" / "state.js"
patched = wanted["same_origin"](script.read_text())
assert "endpoint.port = window.location.port; /* same-origin */" in patched
assert wanted["LAST"] not in patched
assert wanted["same_origin"](patched) == patched
wanted["same_origin"]("another script")
"""


def test_the_page_is_patched_for_any_address_or_the_build_fails() -> None:
    """`same_origin` in rxconfig.py knows one version of Reflex's script, and says so when it is another."""
    command = [sys.executable, "-c", PATCHED_TWICE, str(ROOT / "frontend" / "rxconfig.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr.strip().splitlines()[-1].startswith("RuntimeError: Reflex's state.js changed")
