"""A model that says what it is told to: behind the `LanguageModel` protocol, and as a real HTTP server.

`python -m tests.scripted_model [PORT] [TEXT]` serves TEXT until it is stopped, for benchmarks and by hand.
"""

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self

from databaseai.errors import LanguageModelError
from databaseai.language_model import Completion, LanguageModel, Message, Shape
from databaseai.settings import LanguageModelSettings

MODEL = "scripted"
PROSE = "I am afraid I cannot write SQL for this, but here is a story about databases."
HTML = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Please sign in</body></html>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Behaviour:
    """How one request is answered. The default is a well-behaved reply with `text`."""

    text: str = "SELECT 1"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    """Sent as it is, instead of a reply."""
    content_type: str = ""
    """Instead of the proper one."""
    first_byte_s: float = 0.0
    """Before anything is sent."""
    piece_s: float = 0.0
    """Before each further piece."""
    piece_characters: int = 4
    endless: bool = False
    """Repeat `text` until the client goes away."""
    drop_after: int | None = None
    """Break off after so many pieces."""
    refuse: bool = False
    """Close the connection without a word."""
    usage: bool = True
    cached_tokens: int = 0
    finish: str | None = "stop"
    ignores_stream: bool = False
    """Send one JSON object although a stream was asked for."""


def sql(text: str) -> Behaviour:
    """A model that answers at once."""
    return Behaviour(text=text)


def status(code: int, message: str = "no", **headers: str) -> Behaviour:
    """An HTTP error; `retry_after="1"` names a header."""
    body = json.dumps({"error": {"message": message, "code": code, "type": "scripted"}}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Behaviour(status=code, body=body, headers=named)


STREAMED = Behaviour(text="SELECT count(*) FROM invoice", piece_s=0.01)
SLOW = Behaviour(first_byte_s=60)
TRICKLE = Behaviour(text="SELECT 1 " * 100, piece_s=0.05)
RATE_LIMITED = status(429, retry_after="0")
BROKEN = status(500)
KEY_REFUSED = status(401, "Incorrect API key provided: hunter2")
NO_SUCH_MODEL = status(404, "The model does not exist")
TOO_LONG = status(400, "This model's maximum context length is 2048 tokens")
SIGN_IN_PAGE = Behaviour(body=HTML, content_type="text/html")
GARBAGE = Behaviour(body=b"data: {]\xff\x00\n\n", content_type="text/event-stream")
NESTED = Behaviour(body=b"data: " + b"[" * 200_000 + b"\n\n", content_type="text/event-stream")
ENDLESS = Behaviour(text="SELECT 1 UNION ALL ", endless=True)
EMPTY = Behaviour(text="")
WORDY = Behaviour(text=PROSE)
TWO_STATEMENTS = Behaviour(text="SELECT 1; DROP TABLE customer")
DROPPED = Behaviour(text="SELECT count(*) FROM invoice", drop_after=3)
REFUSED = Behaviour(refuse=True)
UNCOUNTED = Behaviour(usage=False)

Script = Sequence[Behaviour | str] | Callable[["Request"], Behaviour | str]


@dataclass(frozen=True, slots=True)
class Request:
    """What one client sent."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def prompt(self) -> str:
        """All messages, joined."""
        return "\n".join(str(message["content"]) for message in self.body.get("messages", ()))


class ScriptedServer:
    """An OpenAI-compatible server on loopback that follows a script.

    Args:
        script: One behaviour a chat request (text: a good reply), the last repeats; or a function of the
            request.
        models: What `/v1/models` lists.

    `async with ScriptedServer(["SELECT 1"]) as server: ... server.base_url ... server.requests`.
    """

    def __init__(
        self, script: Script = (), *, models: Sequence[str] = (MODEL,), port: int = 0, owner: str = "tests"
    ) -> None:
        self.script = script
        self.models = models
        self.models_behaviour: Behaviour | None = None
        """Instead of the list."""
        self.port = port
        self.owner = owner
        self.requests: list[Request] = []
        """Chat requests, in order."""
        self.all_requests: list[Request] = []
        self.gone = 0
        """Clients that went away before their reply's end."""
        self.arrived = asyncio.Event()
        """Set when a chat request came."""
        self.left = asyncio.Event()
        """Set when a client went away."""
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Listen; again on the same port after `stop`."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Refuse connections and cut those that are open."""
        if self._server is not None:
            self._server.close()
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._server.wait_closed()
            self._server = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def base_url(self) -> str:
        """For `DATABASEAI_LLM_BASE_URL`."""
        return f"http://127.0.0.1:{self.port}/v1"

    def settings(self, **changes: Any) -> LanguageModelSettings:
        """Settings of a client of this server, impatient as tests are."""
        return LanguageModelSettings.model_validate(
            {"base_url": self.base_url, "timeout_ms": 5_000, "connect_timeout_ms": 1_000, **changes}
        )

    def _next(self, request: Request) -> Behaviour:
        if callable(self.script):
            said = self.script(request)
        elif self.script:
            said = self.script[min(len(self.requests), len(self.script)) - 1]
        else:
            said = Behaviour()
        return Behaviour(text=said) if isinstance(said, str) else said

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while request := await _read(reader):
                self.all_requests.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            self._client_left()
        except asyncio.CancelledError:
            writer.transport.abort()
        finally:
            self._tasks.discard(task)
            writer.close()

    def _client_left(self) -> None:
        self.gone += 1
        self.left.set()

    async def _answer(
        self, request: Request, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; False when the connection ends with it."""
        if request.path.endswith("/models") and self.models_behaviour is None:
            listed = [{"id": name, "object": "model", "owned_by": self.owner} for name in self.models]
            await _send(writer, 200, "application/json", _json({"object": "list", "data": listed}))
            return True
        if request.path.endswith("/models") and self.models_behaviour is not None:
            behaviour = self.models_behaviour
        elif request.path.endswith("/chat/completions"):
            self.requests.append(request)
            self.arrived.set()
            behaviour = self._next(request)
        else:
            behaviour = status(404)
        return await self._perform(behaviour, request, reader, writer)

    async def _perform(
        self,
        behaviour: Behaviour,
        request: Request,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> bool:
        if behaviour.refuse:
            writer.transport.abort()
            return False
        if behaviour.first_byte_s and not await self._patient(behaviour.first_byte_s, reader):
            return False
        if behaviour.body is not None:
            kind = behaviour.content_type or "application/json"
            await _send(writer, behaviour.status, kind, behaviour.body, behaviour.headers)
            return True
        if behaviour.ignores_stream or not request.body.get("stream"):
            await _send(writer, 200, "application/json", _json(_whole(behaviour)), behaviour.headers)
            return True
        return await self._stream(behaviour, reader, writer)

    async def _stream(
        self, behaviour: Behaviour, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        writer.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        for number, piece in enumerate(_pieces(behaviour)):
            if behaviour.drop_after == number:
                writer.transport.abort()
                return False
            if behaviour.piece_s and not await self._patient(behaviour.piece_s, reader):
                return False
            writer.write(_chunk(_event(_delta(piece))))
            if behaviour.endless or behaviour.piece_s:
                await writer.drain()
                await asyncio.sleep(0)
        writer.write(_chunk(_event(_delta("", finish=behaviour.finish))))
        if behaviour.usage:
            writer.write(_chunk(_event({**_delta(""), "choices": [], "usage": _usage(behaviour)})))
        writer.write(_chunk(b"data: [DONE]\n\n") + b"0\r\n\r\n")
        await writer.drain()
        return True

    async def _patient(self, seconds: float, reader: asyncio.StreamReader) -> bool:
        """Wait; False as soon as the client goes away."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                if not await reader.read(1):
                    self._client_left()
                    return False
        return True


def _pieces(behaviour: Behaviour) -> Any:
    step = behaviour.piece_characters
    while True:
        yield from (behaviour.text[at : at + step] for at in range(0, len(behaviour.text), step))
        if not behaviour.endless:
            return


def _usage(behaviour: Behaviour) -> dict[str, Any]:
    return {
        "prompt_tokens": 100,
        "completion_tokens": len(behaviour.text) // 4,
        "total_tokens": 100 + len(behaviour.text) // 4,
        "prompt_tokens_details": {"cached_tokens": behaviour.cached_tokens},
    }


def _delta(piece: str, finish: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": piece} if piece else {}, "finish_reason": finish}
    return {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": MODEL, "choices": [choice]}


def _whole(behaviour: Behaviour) -> dict[str, Any]:
    message = {"role": "assistant", "content": behaviour.text}
    choice = {"index": 0, "message": message, "finish_reason": behaviour.finish}
    reply = {"id": "1", "object": "chat.completion", "created": 1, "model": MODEL, "choices": [choice]}
    return reply | ({"usage": _usage(behaviour)} if behaviour.usage else {})


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _event(value: object) -> bytes:
    return b"data: " + _json(value) + b"\n\n"


def _chunk(piece: bytes) -> bytes:
    return f"{len(piece):x}\r\n".encode() + piece + b"\r\n"


async def _send(
    writer: asyncio.StreamWriter,
    code: int,
    kind: str,
    body: bytes,
    headers: Mapping[str, str] | None = None,
) -> None:
    lines = {"content-type": kind, "content-length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    writer.write(f"HTTP/1.1 {code} Scripted\r\n{head}\r\n".encode() + body)
    await writer.drain()


async def _read(reader: asyncio.StreamReader) -> Request | None:
    """One request; None when the client closed the connection in between."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return None
    method, path, _ = head[0].split(" ", 2)
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Request(method, path, headers, json.loads(body) if body else {})


class ScriptedModel(LanguageModel):
    """A fake behind the protocol, without HTTP: replies in order, the last repeats; errors are raised.

    Args:
        script: Texts, completions or errors; or a function of the prompt's messages.
    """

    def __init__(
        self,
        script: Sequence[str | Completion | LanguageModelError]
        | Callable[[Sequence[Message]], str | Completion | LanguageModelError] = ("SELECT 1",),
    ) -> None:
        self.script = script
        self.prompts: list[tuple[Message, ...]] = []
        """Every prompt, in order."""
        self.shapes: list[Shape | None] = []

    @property
    def name(self) -> str:
        """As in the replies."""
        return MODEL

    async def complete(
        self,
        messages: Sequence[Message],
        *,
        temperature: float | None = None,
        reply_tokens: int | None = None,
        stop: Sequence[str] = (),
        shape: Shape | None = None,
    ) -> Completion:
        """The script's next reply."""
        del temperature, reply_tokens, stop
        self.prompts.append(tuple(messages))
        self.shapes.append(shape)
        if callable(self.script):
            said = self.script(messages)
        else:
            said = self.script[min(len(self.prompts), len(self.script)) - 1]
        if isinstance(said, LanguageModelError):
            raise said
        if isinstance(said, Completion):
            return said
        prompt_tokens = sum(len(message.content) for message in messages) // 4
        return Completion(said, MODEL, prompt_tokens=prompt_tokens, reply_tokens=len(said) // 4)

    async def stream(
        self,
        messages: Sequence[Message],
        *,
        reply_tokens: int | None = None,
        stop: Sequence[str] = (),
        finished: Callable[[Completion], None] | None = None,
    ) -> AsyncIterator[str]:
        """The script's next reply, word by word."""
        completion = await self.complete(messages, reply_tokens=reply_tokens, stop=stop)
        for piece in completion.text.split(" "):
            yield piece if piece == completion.text else piece + " "
        if finished:
            finished(completion)


async def _main() -> None:
    port = int(sys.argv[1]) if sys.argv[1:] else 0
    async with ScriptedServer([sys.argv[2] if sys.argv[2:] else "SELECT 1"], port=port) as server:
        sys.stdout.write(f"{server.base_url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_main())
