"""What goes over the wire: query strings and bodies into structs, structs into JSON, and problems.

Errors are RFC 9457 problem details. `errors` names each field that is wrong, by JSON pointer.
"""

import re
from collections.abc import Callable
from typing import Annotated, Any, Final, TypeVar

import falcon
import msgspec
from falcon.asgi import Request, Response
from falcon.routing import IntConverter
from msgspec import Meta, Struct

T = TypeVar("T")

LARGEST_BODY = 8 * 2**20  # bytes

LARGEST_ID: Final = 2**31 - 1  # PostgreSQL's integer
Id = Annotated[int, Meta(ge=1, le=LARGEST_ID)]


class IdConverter(IntConverter):
    """Let `{file_id:id}` of a route only match what can be an id; all else is not found."""

    def __init__(self) -> None:
        super().__init__(min=1, max=LARGEST_ID)


# msgspec puts where it was into its message: "Expected `int`, got `str` - at `$.page`".
WHERE = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<where>[^`]*)`)?$", re.DOTALL)


class FieldError(Struct):
    """One field that is wrong."""

    pointer: str
    detail: str


class Problem(Struct, omit_defaults=True):
    """Problem details, RFC 9457."""

    title: str
    status: int
    type: str = "about:blank"
    detail: str | None = None
    instance: str | None = None
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


async def body(req: Request, kind: type[T]) -> T:
    """Read the body as this struct; no body at all is an empty object.

    Raises `Invalid` for a wrong field, 400 for what is not JSON and 413 for what is too large.
    """
    if (req.content_length or 0) > LARGEST_BODY:
        raise falcon.HTTPContentTooLarge(description=f"The body may have {LARGEST_BODY} bytes.")
    raw = await req.stream.read(LARGEST_BODY)
    try:
        return msgspec.json.decode(raw or b"{}", type=kind)
    except msgspec.ValidationError as error:
        raise Invalid.explain("body", error) from None
    except msgspec.DecodeError as error:
        raise falcon.HTTPBadRequest(title="The body is not JSON", description=str(error)) from None


def answer(resp: Response, value: Any) -> None:  # noqa: ANN401  any struct
    """Answer with this value as JSON."""
    resp.data = msgspec.json.encode(value)
    resp.content_type = falcon.MEDIA_JSON


def serialize_problem(req: Request, resp: Response, error: falcon.HTTPError) -> None:
    """Write a Falcon error as problem details."""
    resp.data = msgspec.json.encode(
        Problem(
            title=(error.title or str(error.status)).removeprefix(f"{error.status_code} "),
            status=error.status_code,
            detail=error.description,
            instance=req.path,
            errors=getattr(error, "errors", None),
        )
    )
    resp.content_type = "application/problem+json"
    resp.append_header("Vary", "Accept")
