"""The ask page in a real browser, before an API that answers from a script."""

import asyncio
import re

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import Seen, Server
from tests.frontend.scripts import HOSTILE, TEXT

pytestmark = pytest.mark.system
EXAMPLE = "Which five customers have the most orders?"


async def ask(page: Page, question: str) -> None:
    await page.fill("#question", question)
    await page.press("#question", "Enter")
    await expect(page.locator("#current .question")).to_have_text(question)


async def finished(page: Page) -> None:
    await expect(page.get_by_label("Stop")).to_have_count(0)
    await expect(page.get_by_label("Ask", exact=True)).to_be_visible()


async def test_an_empty_page_teaches_what_to_ask(page: Page) -> None:
    await expect(page.get_by_role("heading")).to_have_text("What do you want to know?")
    await expect(page.locator("#question")).to_be_focused()
    await expect(page.locator(".source")).to_have_text("shop")
    await page.get_by_role("button", name=EXAMPLE).click()
    await expect(page.locator("#current .question")).to_have_text(EXAMPLE)
    await expect(page.locator("#question")).to_be_focused()
    await finished(page)


async def test_steps_then_the_answer(page: Page) -> None:
    await ask(page, "Anything")
    steps = page.locator("#current .steps")
    await expect(steps).to_have_attribute("open", "")
    await expect(steps.locator("summary")).to_have_text("Writing the SQL…")
    await expect(page.locator("#current .sentence")).to_have_text(TEXT)
    await finished(page)
    await expect(steps).not_to_have_attribute("open", "")
    await expect(steps.locator("summary")).to_have_text("Answered in 2.8 s")
    table = page.locator("#current table")
    await expect(table.locator("tbody tr")).to_have_count(5)
    await expect(table.locator("tbody tr").nth(2).locator("td").nth(1)).to_have_text("NULL")
    await expect(table.locator("tbody tr").first.locator("td").last).to_have_css("text-align", "right")
    finding = page.locator("#current .finding")
    await expect(finding).to_contain_text("12 of 6,204 orders")
    await finding.get_by_role("button", name="Check it").click()
    await expect(finding.locator(".checked")).to_have_text("orders without: 12")
    await expect(page.locator("#current .confidence")).to_contain_text("Medium confidence")
    await expect(page.locator("#current .chart svg path.recharts-rectangle")).to_have_count(5)
    await page.get_by_text("How this was computed").click()
    await expect(page.locator("#current dl")).to_contain_text("revenue = sum of total_eur")
    await expect(page.get_by_role("status").first).to_have_text(TEXT)


async def test_the_sql_is_copied(page: Page) -> None:
    await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await ask(page, "Anything")
    await finished(page)
    await page.get_by_text("SQL", exact=True).click()
    await page.get_by_role("button", name="Copy").click()
    await expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert (await page.evaluate("navigator.clipboard.readText()")).startswith("SELECT c.name AS customer")


async def test_stop_really_stops(page: Page, server: Server) -> None:
    await ask(page, "Never ends")
    await expect(page.locator("#current summary").first).to_have_text("Writing the SQL…")
    await page.fill("#question", "typed meanwhile")
    await page.press("#question", "Enter")  # nothing happens, nothing is lost
    await page.get_by_label("Stop").click()
    await expect(page.locator("#current .stopped")).to_be_visible()
    await finished(page)
    await expect(page.locator("#question")).to_have_value("typed meanwhile")
    async with httpx.AsyncClient(trust_env=False) as http:
        told = (await http.get(f"{server.url}/api/v1/told")).json()
    assert told[-1]["name"] == "stop"


@pytest.mark.parametrize(
    ("question", "code", "hint"),
    [
        ("Delete all customers", "DBAI507", "Ask for what you want to see instead."),
        ("No model", "DBAI301", "Is its server running?"),
    ],
)
async def test_an_error_keeps_the_question(page: Page, question: str, code: str, hint: str) -> None:
    await ask(page, question)
    alert = page.get_by_role("alert")
    await expect(alert).to_contain_text(code)
    await expect(alert).to_contain_text(hint)
    await expect(page.locator("#current .question")).to_have_text(question)
    await page.get_by_role("button", name="Edit the question").click()
    await expect(page.locator("#question")).to_have_value(question)
    await expect(page.locator("#question")).to_be_focused()
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator("article")).to_have_count(2)


async def test_a_reading_is_picked_or_the_question_stands(page: Page, server: Server) -> None:
    await ask(page, "Which one?")
    await finished(page)
    await page.get_by_role("button", name="Answer it as it is").click()
    await expect(page.locator("article")).to_have_count(2)
    await finished(page)
    await page.locator("#current").get_by_role("button", name="Top customers by revenue").click()
    await expect(page.locator("#current .question")).to_have_text("Top customers by revenue")
    await finished(page)
    async with httpx.AsyncClient(trust_env=False) as http:
        told = (await http.get(f"{server.url}/api/v1/told")).json()
    bodies = [request["body"] for request in told if request["name"] == "ask"][-3:]
    assert [body.get("answer_anyway") for body in bodies] == [None, True, None]


async def test_what_the_data_seems_not_to_answer_is_asked_all_the_same(page: Page) -> None:
    await ask(page, "What will the weather be like?")
    await finished(page)
    await expect(page.locator("#current").get_by_role("button", name="Try again")).to_have_count(0)
    await page.get_by_role("button", name="Ask all the same").click()
    await expect(page.locator("article")).to_have_count(2)
    await finished(page)


async def test_a_heavy_query_runs_when_it_is_confirmed(page: Page, server: Server) -> None:
    await ask(page, "Too heavy")
    await page.get_by_role("button", name="Run it all the same").click()
    await finished(page)
    await expect(page.locator("article")).to_have_count(2)
    await expect(page.locator("#current .sentence")).not_to_be_empty()
    async with httpx.AsyncClient(trust_env=False) as http:
        told = (await http.get(f"{server.url}/api/v1/told")).json()
    first, second = [request["body"] for request in told if request["name"] == "ask"][-2:]
    assert (first.get("confirmed"), second.get("confirmed")) == (None, True)
    await ask(page, "Delete all customers")
    await finished(page)
    await expect(page.locator("#current").get_by_text("Run it all the same")).to_have_count(0)


async def test_a_broken_stream_is_taken_up_again(page: Page) -> None:
    await ask(page, "Broken off")
    await expect(page.locator("#current .sentence")).to_have_text("Still whole.")


async def test_a_follow_up_belongs_to_the_conversation(page: Page, server: Server) -> None:
    await ask(page, "Which one?")
    await page.get_by_role("button", name="Top customers by revenue").click()
    await expect(page.locator("article")).to_have_count(2)
    await finished(page)
    async with httpx.AsyncClient(trust_env=False) as http:
        told = (await http.get(f"{server.url}/api/v1/told")).json()
    first, second = [request["body"] for request in told if request["name"] == "ask"][-2:]
    assert "conversation" not in first
    assert re.fullmatch("[0-9a-f]{32}", second["conversation"])
    await page.get_by_label("New question").click()
    await expect(page.locator("article")).to_have_count(0)


async def test_a_new_question_comes_into_view(page: Page) -> None:
    for question in ("Wide", "Delete all customers", "Broken off", "Which one?"):
        await ask(page, question)
        await finished(page)
        await expect(page.locator("#current .steps")).not_to_have_attribute("open", "")
        box = await page.locator("#current").bounding_box()
        assert box is not None
        assert 0 <= box["y"] < 100  # right below the header


async def test_many_rows_stay_in_their_frame_on_a_phone(page: Page) -> None:
    await page.set_viewport_size({"width": 390, "height": 844})
    await ask(page, "Wide")
    await expect(page.locator("#current tbody tr")).to_have_count(200)
    await expect(page.locator("#current figcaption")).to_contain_text("There are more")
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    await ask(page, "Anything")
    await expect(page.locator("article").first.locator("tbody tr")).to_have_count(10)
    await finished(page)
    await page.get_by_role("button", name="Show the rows again").click()
    await expect(page.locator("article").first.locator("tbody tr")).to_have_count(200)


async def test_nothing_told_becomes_html(page: Page) -> None:
    await ask(page, "Hostile")
    await expect(page.locator("#current .sentence")).to_have_text(HOSTILE)
    await expect(page.locator("#current td")).to_have_text(HOSTILE)
    assert await page.evaluate("window.__broken") is None
    await ask(page, HOSTILE)
    await expect(page.locator("#current .question")).to_have_text(HOSTILE)
    await finished(page)
    assert await page.evaluate("window.__broken") is None


async def test_the_theme_is_kept(page: Page) -> None:
    html = page.locator("html")
    await expect(html).to_have_class(re.compile("light"))
    for _ in range(2):  # system, light, dark
        await page.locator("#theme").click()
    await expect(html).to_have_class(re.compile("dark"))
    await expect(page.locator("#theme")).to_have_attribute("title", "Theme: dark")
    background = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert background == "rgb(20, 23, 22)"
    await page.reload()
    await expect(html).to_have_class(re.compile("dark"))


async def test_a_reload_keeps_the_conversation_and_the_running_answer(page: Page) -> None:
    await ask(page, "Broken off")
    await finished(page)
    await ask(page, "Slow")
    await expect(page.locator("#current .steps")).to_contain_text("Chose the tables")
    await page.reload()
    await expect(page.locator("article")).to_have_count(2)
    await expect(page.locator("#current .sentence")).to_contain_text("Northfield", timeout=20_000)


async def test_shift_enter_makes_a_line_and_the_page_is_walked_by_keys(page: Page) -> None:
    await page.type("#question", "one")
    await page.press("#question", "Shift+Enter")
    await page.type("#question", "two")
    await expect(page.locator("#question")).to_have_value("one\ntwo")
    await page.keyboard.press("Tab")
    await expect(page.get_by_label("Ask", exact=True)).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("#current .question")).to_have_text("one\ntwo")
    await finished(page)


async def test_an_empty_question_is_not_asked(page: Page) -> None:
    await page.fill("#question", "   ")
    await page.press("#question", "Enter")
    await page.get_by_label("Ask", exact=True).click()
    await expect(page.get_by_role("heading")).to_have_text("What do you want to know?")


async def test_two_tabs_do_not_mix(page: Page, server: Server) -> None:
    other = await page.context.new_page()
    await other.goto(server.url)
    await ask(page, "Broken off")
    await ask(other, "Hostile")
    await expect(page.locator("#current .sentence")).to_have_text("Still whole.")
    await expect(other.locator("#current .sentence")).to_have_text(HOSTILE)
    await expect(page.locator("article")).to_have_count(1)


async def test_the_page_says_what_it_may_do(page: Page, server: Server, seen: Seen) -> None:
    async with httpx.AsyncClient(trust_env=False) as http:
        reply = await http.get(server.url)
        asset = re.findall(r'"(/assets/[^"]+\.js)"', reply.text)[0]
        script = await http.get(f"{server.url}{asset}")
    rules = dict(rule.split(" ", 1) for rule in reply.headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert rules["connect-src"] == "'self'"
    assert rules["frame-ancestors"] == "'none'"
    assert "immutable" in script.headers["cache-control"]
    assert script.headers["content-encoding"] == "gzip"
    assert reply.headers["cache-control"] == "no-cache"
    broken = await page.evaluate("""async () => {
      const told = new Promise((tell) =>
        document.addEventListener("securitypolicyviolation", () => tell(true)));
      const script = document.createElement("script");
      script.textContent = "window.__broken = 1";
      document.body.append(script);
      return [await told, window.__broken];
    }""")
    assert broken == [True, None]
    assert len(seen.errors) == 1  # the browser's own word on it
    seen.errors.clear()


async def test_a_foreign_page_gets_no_websocket(server: Server) -> None:
    host = server.url.removeprefix("http://")
    statuses = [await handshake(host, origin) for origin in (f"http://{host}", "http://evil.example", "null")]
    assert statuses == [101, 403, 403]


async def handshake(host: str, origin: str) -> int:
    """The status of a websocket handshake."""
    name, port = host.split(":")
    reader, writer = await asyncio.open_connection(name, int(port))
    lines = [
        "GET /_event/?EIO=4&transport=websocket HTTP/1.1",
        f"Host: {host}",
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        f"Origin: {origin}",
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    status = int((await reader.readline()).split()[1])
    writer.close()
    return status


async def test_nothing_of_the_working_directory_is_run_or_written(page: Page, server: Server) -> None:
    """Last in the file: the server has served all of the above."""
    await ask(page, "Anything")
    await finished(page)
    assert sorted(file.name for file in server.cwd.iterdir()) == ["rxconfig.py"]
