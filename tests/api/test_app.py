# SPDX-License-Identifier: AGPL-3.0-only
"""What holds for every route: its description, its errors, its headers; nothing goes elsewhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from millpond.api import problems
from millpond.api.app import build
from millpond.api.exports import form_of
from millpond.api.middleware import HEADERS
from millpond.api.problems import kind_of
from millpond.api.relay import bodies
from millpond.api.services import Services
from millpond.core.errors import BooksError, MillpondError
from millpond.mirror.reads.snapshot import Mirror
from millpond.mirror.store import CursorMoved
from tests.api.site import POOL, Site, served
from tests.house.tree import PACKAGE, ROOT, parsed

JSON_PATHS = ("/health", "/ready", "/status", "/v1/pools", POOL, "/openapi.json")
PAGES = ("/", "/pools/mill", "/pools/mill/epochs/1", "/problems")


@pytest.fixture(scope="module")
def described(site: Site) -> dict[str, Any]:
    """The description of the API."""
    found: dict[str, Any] = site.get("/openapi.json").json()
    return found


STREAM = "/v1/events/stream"
"""It has no end, so nobody can have it already."""
RELAY = "/v1/relay"
"""Where things can be brought to; what is read there is of no block."""
STORAGE = "/v1/proofs/storage"
"""Of a real chain: tests/mirror/audit asks it."""


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything that can be read of the mirror."""
    for path, methods in described["paths"].items():
        if not path.startswith((RELAY, STORAGE)):
            assert list(methods) == ["get"], path
            yield path, methods["get"]


IDS = ROOT / "tests" / "api" / "operation_ids.txt"


def test_openapi__operation_ids__are_these_and_do_not_change(described: dict[str, Any]) -> None:
    """Programs are generated from them: add a line to that file, never change one."""
    found = [
        f"{'' if method == 'get' else 'POST '}{path} {each['operationId']}"
        for path, methods in described["paths"].items()
        for method, each in methods.items()
    ]
    assert sorted(found) == IDS.read_text("utf-8").splitlines()


def test_openapi__every_answer__is_declared(described: dict[str, Any]) -> None:
    for path, found in _operations(described):
        answers = found["responses"]
        assert {"200", "422", "429", "500", "503"} <= set(answers), path
        for status, answer in answers.items():
            if status in {"200", "304"}:
                continue
            assert list(answer["content"]) == [problems.MEDIA_TYPE], (path, status)
            schema = answer["content"][problems.MEDIA_TYPE]["schema"]
            assert schema == {"$ref": "#/components/schemas/Problem"}
        assert ("304" in answers) == (path.startswith("/v1") and path != STREAM)
        assert "404" in answers or "{" not in path
        form = form_of(path)
        [(media_type, content)] = answers["200"]["content"].items()
        assert form is None or media_type == form.media_type
        assert "schema" in content


def test_openapi__every_model__takes_nothing_that_it_does_not_name(
    described: dict[str, Any],
) -> None:
    schemas = described["components"]["schemas"]
    assert "HTTPValidationError" not in schemas
    brought = set(bodies.schemas())
    # what is sent to the relay may leave things out; what is answered never does
    for name, schema in schemas.items():
        if schema.get("type") == "object":
            assert schema["additionalProperties"] is False, name
            assert schema.get("description"), name
            optional = set(schema["properties"]) - set(schema["required"])
            assert optional == set() or name in brought, name


def test_openapi__every_reference__leads_somewhere(described: dict[str, Any]) -> None:
    text = str(described)
    for name in re.findall(r"#/components/schemas/(\w+)", text):
        assert name in described["components"]["schemas"]


def test_openapi__amounts__are_texts_of_digits(described: dict[str, Any]) -> None:
    money = described["components"]["schemas"]["Money"]["properties"]["amount"]
    assert (money["type"], money["pattern"]) == ("string", "^-?[0-9]+$")


def test_replies__to_every_route__are_of_the_declared_form(
    site: Site, described: dict[str, Any]
) -> None:
    """Field by field: what a reply has is what its schema says, no more and no less."""
    values = site.places()
    for path, found in _operations(described):
        content = found["responses"]["200"]["content"]
        schema = content.get("application/json", {}).get("schema")
        if schema:
            reply = site.get(path.format(**values)).json()
            _check(reply, schema, described["components"]["schemas"], path)


def _check(value: Any, schema: dict[str, Any], schemas: dict[str, Any], where: str) -> None:
    if "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    if "anyOf" in schema:
        options = [o for o in schema["anyOf"] if (o.get("type") == "null") == (value is None)]
        _check(value, options[0], schemas, where)
        return
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        assert set(value) == set(schema["properties"]), where
        for name, each in schema["properties"].items():
            _check(value[name], each, schemas, f"{where}.{name}")
    elif kind == "array":
        for each in value:
            _check(each, schema["items"], schemas, f"{where}[]")
    elif kind is not None:
        types = {"string": str, "integer": int, "boolean": bool, "null": type(None)}
        assert isinstance(value, types[kind]), (where, value)
        if "pattern" in schema:
            assert re.search(schema["pattern"], str(value)), (where, value)
        if "enum" in schema:
            assert value in schema["enum"], (where, value)


# --- errors ---------------------------------------------------------------------------------------


def test_problems__each_kind__has_its_own_name_and_is_explained(site: Site) -> None:
    kinds = [kind_of(each) for each in problems.KNOWN]
    assert len({kind.slug for kind in kinds}) == len(kinds)
    page = site.page("/problems")
    for kind in kinds:
        assert f'id="{kind.slug}"' in page


@pytest.mark.parametrize(
    ("error", "slug", "status"),
    [
        (CursorMoved, "mirror-error", 503),
        (BooksError, "internal-error", 500),
        (MillpondError, "internal-error", 500),
        (problems.BadQuery, "bad-query", 422),
        (problems.WrongMethod, "wrong-method", 405),
    ],
)
def test_kind_of__any_error__is_the_nearest_that_is_known(
    error: type[MillpondError], slug: str, status: int
) -> None:
    kind = kind_of(error)
    assert (kind.slug, kind.status) == (slug, status)


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_any_other_method__is_405_and_says_which_there_are(site: Site, method: str) -> None:
    for path in ("/v1/pools", "/health"):
        reply = site.http.request(method, path)
        assert (reply.status_code, reply.headers["allow"]) == (405, "GET, HEAD")
        assert reply.json()["type"] == "/problems#wrong-method"


def test_nothing_there__is_a_problem_to_programs_and_a_page_to_people(site: Site) -> None:
    for path in ("/v1", "/v1/", "/v1/nothing", "/health/", "/v1/pools/mill/nothing"):
        site.problem(path, 404, "no-such-page")
    for path in ("/nothing", "/pools", "/pools/mill/epochs", "/static/0/style.css", "/docs"):
        assert "What to do:" in site.page(path, 404)


class _Broken(Mirror):
    """A mistake of ours, in the middle of a reply."""

    def snapshot(self, *_: object) -> Any:
        raise ZeroDivisionError("secret detail")


def test_a_mistake_of_ours__is_500_in_words_and_tells_no_secret(site: Site, tmp_path: Path) -> None:
    services = Services(_Broken(tmp_path), site.story.shelf)
    with served(build(services)) as http:
        reply = http.get("/v1/pools")
        assert (reply.status_code, reply.json()["type"]) == (500, "/problems#internal-error")
        page = http.get("/")
        assert page.status_code == 500
        for found in (reply, page):
            assert "secret" not in found.text
            assert found.headers["content-security-policy"]


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*JSON_PATHS, *PAGES, "/v1/nothing", "/nothing"])
def test_headers__of_every_reply__let_a_browser_do_nothing_but_show_it(
    site: Site, path: str
) -> None:
    reply = site.http.get(path)
    for name, value in HEADERS.items():
        assert reply.headers[name] == value
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src")
    assert "unsafe" not in policy
    assert "server" not in reply.headers


def test_head__is_get_without_a_body(site: Site) -> None:
    for path in (*JSON_PATHS, *PAGES):
        head, get = site.http.head(path), site.http.get(path)
        assert (head.status_code, head.content) == (get.status_code, b"")
        kept = {"content-length", "content-type", "etag", "cache-control"}
        assert {k: v for k, v in head.headers.items() if k in kept} == {
            k: v for k, v in get.headers.items() if k in kept
        }


def test_cors__any_page_elsewhere__may_read_and_ask_whether_it_changed(site: Site) -> None:
    origin = {"Origin": "https://elsewhere.example"}
    reply = site.http.get("/v1/pools?limit=1", headers=origin)
    assert reply.headers["access-control-allow-origin"] == "*"
    assert "ETag" in reply.headers["access-control-expose-headers"]
    assert "access-control-allow-credentials" not in reply.headers
    ask = origin | {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    assert site.http.options("/v1/pools", headers=ask).status_code == 200
    ask["Access-Control-Request-Method"] = "DELETE"
    assert site.http.options("/v1/pools", headers=ask).status_code == 400


# --- what it may not do ---------------------------------------------------------------------------


def test_api__no_file__asks_a_node_or_goes_elsewhere() -> None:
    """The mirror's file and the shelf are all it reads. The relay is a room of its own."""
    forbidden = {
        *("requests", "httpx", "aiohttp", "urllib.request", "http.client", "web3", "websockets"),
        *("millpond.chain.client", "millpond.chain.rpc", "millpond.chain.contracts"),
        *("millpond.mirror.source", "millpond.mirror.sync"),
    }
    folders = (PACKAGE / "api", PACKAGE / "mirror" / "reads")
    relay = PACKAGE / "api" / "relay"
    found = [path for folder in folders for path in folder.rglob("*.py")]
    files = [path for path in found if relay not in path.parents]
    files.append(PACKAGE / "mirror" / "documents.py")
    assert len(files) > 30
    for path in files:
        for node in ast.walk(parsed(path)):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
            assert not forbidden & set(names), path


def test_replies__never__hold_an_address_of_a_server_to_ask_next(site: Site) -> None:
    """Nothing that a wallet would take for an EIP-3668 answer: no OffchainLookup, no gateway."""
    for path in (*JSON_PATHS, *PAGES):
        text = site.get(path).text
        assert "556f1830" not in text
        assert "OffchainLookup" not in text


# --- what is written about it ---------------------------------------------------------------------


def test_docs__every_route_and_every_kind_of_error__is_in_docs_api(
    described: dict[str, Any],
) -> None:
    text = (ROOT / "docs" / "API.md").read_text("utf-8")
    titles = re.findall(r"^### (GET|POST) (\S+)$", text, re.MULTILINE)
    assert titles == list(dict.fromkeys(titles))
    assert set(titles) == {
        (method.upper(), path)
        for path, methods in described["paths"].items()
        for method in methods
        if form_of(path) is None
    }
    told = re.findall(r"^\| (\d+) \| `/problems#([a-z-]+)` \| (.+) \|$", text, re.MULTILINE)
    kinds = [kind_of(each) for each in problems.KNOWN]
    assert told == [(str(kind.status), kind.slug, kind.title) for kind in kinds]
