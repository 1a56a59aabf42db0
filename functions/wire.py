"""What goes over the wire: query strings and bodies into structs, structs into JSON, and problems.

Errors are RFC 9457 problem details. `errors` names each field that is wrong, by JSON pointer.
"""

import asyncio
import re
from collections.abc import Callable, Iterable
from typing import Annotated, Any, Final, TypeVar

import falcon
import msgspec
from falcon.asgi import Request, Response
from falcon.routing import BaseConverter, IntConverter
from msgspec import Meta, Struct

from functions import problem_page

T = TypeVar("T")

LARGEST_BODY: Final = 8 * 2**20  # bytes
PATIENCE = 30.0  # seconds for a body to arrive

LARGEST_ID: Final = 2**31 - 1  # PostgreSQL's integer
Id = Annotated[int, Meta(ge=1, le=LARGEST_ID)]


class IdConverter(IntConverter):
    """Let `{file_id:id}` of a route only match what can be an id; all else is not found."""

    def __init__(self) -> None:
        super().__init__(min=1, max=LARGEST_ID)


class TagsOfConverter(BaseConverter):
    """Let `{path:tags}` match a path with `/tags` behind it, for Falcon takes no path but the last.

    The path of a comic has slashes, and servers decode `%2F` before a router sees it.
    """

    CONSUME_MULTIPLE_SEGMENTS = True

    def convert(self, value: Iterable[str]) -> str | None:
        """Return the path, or None for what does not end so."""
        *path, last = value
        return "/".join(path) if path and last == "tags" else None


# msgspec puts where it was into its message: "Expected `int`, got `str` - at `$.page`".
WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<where>[^`]*)`)?$", re.DOTALL)


class FieldError(Struct):
    """One field that is wrong."""

    pointer: str
    detail: str


class Problem(Struct, omit_defaults=True):
    """Problem details, RFC 9457; `error` is where ComicMaintainer's clients look for a sentence."""

    title: str
    status: int
    type: str = "about:blank"
    detail: str | None = None
    instance: str | None = None
    request_id: str | None = None  # as the log has it
    error: str | None = None
    errors: list[FieldError] | None = None


class Invalid(falcon.HTTPBadRequest):
    """Answer 400 and say which field is wrong."""

    def __init__(self, part: str, pointer: str, detail: str) -> None:
        place = f"{part} {pointer}".strip()
        super().__init__(title=f"The {part} is not valid", description=f"{detail} ({place})")
        self.errors = [FieldError(pointer=pointer, detail=detail)]

    @classmethod
    def explain(cls, part: str, error: msgspec.ValidationError) -> "Invalid":
        """Say what msgspec has found."""
        found = WHERE.match(str(error))
        what, where = (found["what"], found["where"] or "") if found else (str(error), "")
        return cls(part, re.sub(r"[.\[]", "/", where).replace("]", ""), what)


def query(
    req: Request,
    kind: type[T],
    prepare: Callable[[dict[str, Any]], dict[str, Any]] = dict,
) -> T:
    """Read the query string as this struct; a blank value is as good as none.

    `prepare` may mend the raw parameters first. Raises `Invalid`, before any connection to
    PostgreSQL is taken.
    """
    given = prepare({name: value for name, value in req.params.items() if value != ""})
    for name, value in given.items():
        if "\0" in str(value):
            raise Invalid("query", f"/{name}", "No text in PostgreSQL has a NUL character")
    try:
        return msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise Invalid.explain("query", error) from None


class TooLarge(falcon.HTTPContentTooLarge):
    """Answer 413."""

    def __init__(self) -> None:
        super().__init__(description=f"The body may have {LARGEST_BODY} bytes.")


async def received(req: Request) -> bytes:
    """Wait for the body, but neither for ever nor for more than there may be."""
    try:
        async with asyncio.timeout(PATIENCE):
            raw = await req.stream.read(LARGEST_BODY + 1)
    except TimeoutError:
        raise falcon.HTTPError(
            falcon.HTTP_408,
            title="The body did not arrive",
            description=f"It has to be here within {PATIENCE:g} seconds.",
        ) from None
    if len(raw) > LARGEST_BODY:  # its length was not told, or the edge would have refused it
        raise TooLarge
    return raw


async def body(req: Request, kind: type[T]) -> T:
    """Read the body as this struct; no body at all is an empty object.

    Raises `Invalid` for a wrong field, 400 for what is not JSON, 408 for what takes too long, 413
    for what is too large and 415 for what does not say that it is JSON: a browser sends that for
    any page, whoever it is of.
    """
    raw = await received(req)
    if raw and (req.content_type or "").partition(";")[0].strip().lower() != falcon.MEDIA_JSON:
        raise falcon.HTTPUnsupportedMediaType(
            description="Send the body as JSON, with the header Content-Type: application/json."
        )
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Invalid.explain("body", error) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise falcon.HTTPBadRequest(title="The body is not JSON", description=str(error)) from None


def answer(resp: Response, value: Any) -> None:  # noqa: ANN401  any struct
    """Answer with this value as JSON."""
    resp.data = msgspec.json.encode(value)
    resp.content_type = falcon.MEDIA_JSON


def serialize_problem(req: Request, resp: Response, error: falcon.HTTPError) -> None:
    """Write a Falcon error as problem details, or as a page where a browser is to show it."""
    title = (error.title or str(error.status)).removeprefix(f"{error.status_code} ")
    resp.append_header("Vary", "Accept")
    if problem_page.is_wanted(req):
        problem_page.answer(req, resp, title, error.description or "")
        return
    errors: list[FieldError] | None = getattr(error, "errors", None)
    resp.data = msgspec.json.encode(
        Problem(
            title=title,
            status=error.status_code,
            detail=error.description,
            instance=req.path,
            request_id=getattr(req.context, "request_id", None),
            error=errors[0].detail if errors else error.description or title,
            errors=errors,
        )
    )
    resp.content_type = "application/problem+json"
