# SPDX-License-Identifier: AGPL-3.0-only
"""A ponder project that indexes all our events: one table for each, one row for each event.

Written from the frozen ABIs, into a folder of its own. It is made easy for ponder: it is told all
addresses and need not find them out, it writes only what is no list, and nothing is computed.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from bench.mirror.blocks import CHAIN_ID
from bench.mirror.story import contracts
from millpond.chain.abi import EventForm, Param, load
from millpond.core.subjects import to_hex

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "peer" / "node_modules"
_API = 'import { Hono } from "hono";\n\nexport default new Hono();\n'


@dataclass(frozen=True)
class Database:
    """PostgreSQL at an address, or, without one, PGlite, which ponder brings along."""

    url: str | None = None

    @property
    def settings(self) -> Mapping[str, str]:
        """As ponder's configuration has it."""
        if self.url is None:
            return {"kind": "pglite"}
        return {"kind": "postgres", "connectionString": self.url}


def write(folder: Path, rpc: str, last_block: int, database: Database) -> int:
    """The project; how many events are declared."""
    (folder / "src" / "api").mkdir(parents=True)
    (folder / "node_modules").symlink_to(PACKAGES)
    (folder / "package.json").write_text('{"type": "module", "private": true}\n')
    (folder / "src" / "api" / "index.ts").write_text(_API)
    (folder / "ponder.config.ts").write_text(_config(rpc, last_block, database))
    events = list(_events())
    (folder / "ponder.schema.ts").write_text(_schema(events))
    (folder / "src" / "index.ts").write_text(_functions(events))
    return len(events)


def _addresses() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for where, kind in contracts().items():
        found.setdefault(kind, []).append(to_hex(where))
    return found


def _events() -> Iterator[tuple[str, EventForm]]:
    for kind in _addresses():
        for form in load(kind).events.values():
            yield kind, form


def _config(rpc: str, last_block: int, database: Database) -> str:
    """Each contract's events alone: to ponder, functions mean nothing."""
    said = {}
    for kind, addresses in _addresses().items():
        whole = json.loads((files("millpond.chain") / "abis" / f"{kind}.json").read_text("utf-8"))
        said[kind] = {
            "abi": [entry for entry in whole if entry["type"] == "event"],
            "chain": "bench",
            "address": addresses,
            "startBlock": 0,
            "endBlock": last_block,
        }
    config = {
        "chains": {"bench": {"id": CHAIN_ID, "rpc": rpc}},
        "database": dict(database.settings),
        "contracts": said,
    }
    body = json.dumps(config, indent=2)
    return f'import {{ createConfig }} from "ponder";\n\nexport default createConfig({body});\n'


def _schema(events: list[tuple[str, EventForm]]) -> str:
    lines = ['import { onchainTable } from "ponder";\n']
    for kind, form in events:
        lines.append(
            f'export const {kind}{form.name} = onchainTable("{kind}_{form.name}", (t) => ({{'
        )
        lines.append("  id: t.text().primaryKey(),\n  block: t.bigint().notNull(),")
        lines.append("  transaction: t.hex().notNull(),\n  contract: t.hex().notNull(),")
        lines += [f"  {name}: t.{_column(param)}().notNull()," for name, _, param in _fields(form)]
        lines.append("}));\n")
    return "\n".join(lines)


def _functions(events: list[tuple[str, EventForm]]) -> str:
    lines = [
        'import { ponder } from "ponder:registry";',
        'import * as tables from "ponder:schema";\n',
    ]
    for kind, form in events:
        lines.append(f'ponder.on("{kind}:{form.name}", async ({{ event, context }}) => {{')
        lines.append(f"  await context.db.insert(tables.{kind}{form.name}).values({{")
        lines.append("    id: event.id,\n    block: event.block.number,")
        lines.append("    transaction: event.transaction.hash,\n    contract: event.log.address,")
        lines += [f"    {name}: event.args.{path}," for name, path, _ in _fields(form)]
        lines.append("  });\n});\n")
    return "\n".join(lines)


def _fields(form: EventForm) -> Iterator[tuple[str, str, Param]]:
    """Column, path, parameter; a struct's members each, no lists."""
    for param in form.inputs:
        parts = param.parts if param.type == "tuple" else ()
        for part in parts:
            if not part.type.endswith("]"):
                yield f"{param.name}_{part.name}", f"{param.name}.{part.name}", part
        if not parts and not param.type.endswith("]"):
            yield f"f_{param.name}", param.name, param


def _column(param: Param) -> str:
    if param.type.startswith("uint"):
        return "integer" if param.type in ("uint8", "uint16", "uint32") else "bigint"
    return {"bool": "boolean", "string": "text"}.get(param.type, "hex")
