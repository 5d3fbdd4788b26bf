# SPDX-License-Identifier: AGPL-3.0-only
"""Write the mirror's decoders and tables from the frozen ABIs.

    python -m scripts.generate_mirror           write backend/millpond/mirror/{decoders/,tables.sql}
    python -m scripts.generate_mirror --check   change nothing; exit 1 where one differs

One table for each event; one more for each list in an event, its rows numbered by `position`. A
struct's members become columns, and so do the parts of a packed word. The shape of a decoder
follows from its event: everything is cut out of the log in place, but for an event with lists
within a list, which goes through the ABI decoder.
"""

import re
from pathlib import Path

import click

from millpond.chain.abi import Param
from scripts._mirror_events import (
    ASSETS,
    EventTable,
    ListTable,
    columns,
    contracts,
    element,
    events_of,
    is_list,
    parts,
    snake,
)

ROOT = Path(__file__).resolve().parents[1]
MIRROR = ROOT / "backend" / "millpond" / "mirror"
LICENCE = "SPDX-License-Identifier: AGPL-3.0-only"
_WORD = 32
_LINE = 100
_KEY = 3
"""Columns before an event's own: where it stands, and who said it."""
_OF_A_LOG = ("where", "topics", "data")


# --- tables.sql -----------------------------------------------------------------------------------


def tables_sql() -> str:
    """All tables of events."""
    head = [
        f"-- {LICENCE}",
        "-- Written by scripts/generate_mirror.py from the frozen ABIs; do not edit.",
        "-- A row for each event; `address` is the contract that said it. All go with their block.",
    ]
    body = [sql for c in contracts() for event in events_of(c) for sql in _event_sql(event)]
    return "\n".join(head) + "\n" + "".join(body)


def _event_sql(event: EventTable) -> list[str]:
    own = ["address TEXT NOT NULL", *(c.sql for c in event.columns)]
    tables = [_table_sql(event.name, [], own)]
    # what one contract said, in the order of the chain
    place = f"{event.name} (address, block_number, log_index)"
    tables.append(f"CREATE INDEX {event.name}_by_address\n    ON {place};\n")
    return tables + [
        _table_sql(each.name, each.keys, [column.sql for column, _ in each.columns])
        for outer in event.lists
        for each in outer.all
    ]


def _table_sql(name: str, keys: list[str], declared: list[str]) -> str:
    key = ["block_number", "log_index", *keys]
    lines = [f"{k} INTEGER NOT NULL" for k in key] + declared
    lines.append(f"PRIMARY KEY ({', '.join(key)})")
    lines.append(
        "FOREIGN KEY (block_number, log_index) REFERENCES events (block_number, log_index)\n"
        "        ON DELETE CASCADE"
    )
    return f"\nCREATE TABLE {name} (\n    " + ",\n    ".join(lines) + "\n);\n"


# --- decoders -------------------------------------------------------------------------------------


def decoders_py(contract: str) -> str:
    """The decoders of one contract."""
    events = events_of(contract)
    head = [
        f"# {LICENCE}",
        f'"""Decoders of the events of {contract}.',
        "",
        "Written by scripts/generate_mirror.py from the frozen ABI; do not edit.",
        '"""',
        "",
        *_imports(events),
    ]
    body = [line for event in events for line in ["", "", *_decoder(event)]]
    table = ["", "", "DECODERS = (", *(line for e in events for line in _entry(e)), ")"]
    return "\n".join(head + body + table) + "\n"


def _imports(events: list[EventTable]) -> list[str]:
    lines = ["from collections.abc import Iterable", "", "from millpond.chain.answers import Log"]
    if _needs_words(events):
        lines.append("from millpond.mirror import words")
    names = ["Decoder", "Tables", *["decoded"][: any(e.is_nested for e in events)]]
    return [*lines, f"from millpond.mirror.decoding import {', '.join(names)}"]


def _needs_words(events: list[EventTable]) -> bool:
    return any("words." in line for event in events for line in _decoder(event))


def _entry(event: EventTable) -> list[str]:
    topics = 1 + sum(1 for p in event.form.inputs if p.indexed)
    return [
        "    Decoder(",
        f'        "{event.contract}",',
        f'        "{event.form.name}",',
        f'        "{event.form.topic.hex()}",',
        f"        {topics},",
        f"        {event.function},",
        f'        "{event.name}",',
        f"        {_places(event)},",
        "    ),",
    ]


def _places(event: EventTable) -> str:
    """Where among the columns an asset is named, or a grain that is made."""
    found = [str(i) for i, c in enumerate(event.columns, _KEY) if c.name in ASSETS]
    return f"({''.join(f'{place}, ' for place in found).strip()})" if found else "()"


def _decoder(event: EventTable) -> list[str]:
    lines = [f"def {event.function}(said: Iterable[Log], rows: Tables) -> None:"]
    values = _by_values(event) if event.is_nested else _in_place(event)
    loops = [_loop(["where", "data" if event.is_nested else "", *values])]
    if event.is_nested:
        loops.append(_fields(event))
    lines += _rows(event.name, ["where", *values], loops)
    for outer in event.lists:
        if event.is_nested:
            loops = [_loop(["data"]), _fields(event)]
            lines += _list_rows(outer, f'values["{outer.param.name}"]', loops)
        else:
            lines += _list_in_place(outer, _place_of(event, outer.param))
    return lines


def _loop(values: list[str]) -> str:
    """Over the logs; what is not used of one has no name."""
    used = " ".join(values)
    parts = ((name, re.search(rf"\b{name}\b", used) is not None) for name in _OF_A_LOG)
    names = [name if needed else "_" for name, needed in parts]
    return f"for {', '.join(names)}, block, _, index, _ in said"


def _fields(event: EventTable) -> str:
    """The loop over one: what the ABI decoder makes of the data."""
    return f'for values in [decoded("{event.contract}", "{event.form.name}", data)]'


def _rows(table: str, values: list[str], loops: list[str]) -> list[str]:
    """One comprehension for all rows of a table."""
    row = _tuple(["block", "index", *values], "        ")
    lines = [*row, *(f"        {loop}" for loop in loops)]
    if len(short := "        " + " ".join(map(str.strip, lines))) <= _LINE:
        lines = [short]
    return [f'    rows["{table}"] += [', *lines, "    ]"]


def _in_place(event: EventTable) -> list[str]:
    """Each column cut out of its topic or out of the data."""
    found, topic = [], 1
    for param in event.fields:
        at = _place_of(event, param)
        if param.indexed:
            found.append(columns(param)[0][0].of_word(f"topics[{topic}]"))
            topic += 1
        elif param.type in {"string", "bytes"}:
            found.append(f"words.{'text' if param.type == 'string' else 'octets'}(data, {at})")
        elif not is_list(param):
            found += [
                column.of_word(f"data[{at + _WORD * n}:{at + _WORD * (n + 1)}]")
                for n, (column, _) in enumerate(columns(param))
            ]
    return found


def _place_of(event: EventTable, wanted: Param) -> int:
    """Where in the data a parameter begins, or stands where it begins."""
    before = event.form.inputs[: event.form.inputs.index(wanted)]
    return sum(_size(param) for param in before if not param.indexed)


def _size(param: Param) -> int:
    """How many bytes of its own it takes: one word for what lies elsewhere."""
    if is_list(param) and not param.type.endswith("[]"):
        count = int(param.type[param.type.rindex("[") + 1 : -1])
        return count * _size(element(param))
    if param.type == "tuple":
        return sum(_size(part) for part in param.parts)
    return _WORD


def _list_in_place(table: ListTable, at: int) -> list[str]:
    """One comprehension for a list whose elements are words, static structs or bytes."""
    one = element(table.param)
    size = _size(one)
    if one.type == "bytes":
        found, values = f"words.blobs(data, {at})", ["each"]
    else:
        whole = _size(table.param) // size
        fixed = "" if table.param.type.endswith("[]") else f", {whole}"
        found = f"words.items(data, {at}, {size}{fixed})"
        values = _of_element(table, size)
    return _rows(
        table.name, ["i", *values], [_loop(["data"]), f"for i, each in enumerate({found})"]
    )


def _of_element(table: ListTable, size: int) -> list[str]:
    """The columns of one element, cut out of its bytes; of a packed word each part."""
    values = []
    for n, (column, _) in enumerate(columns(element(table.param))):
        word = "each" if size == _WORD else f"each[{_WORD * n}:{_WORD * (n + 1)}]"
        values += [part.of_word(word) for part in parts(table.name, column)]
    return values


def _by_values(event: EventTable) -> list[str]:
    """Each column of what the ABI decoder returned, or of its topic."""
    found, topic = [], 1
    for param in event.fields:
        if param.indexed:
            found.append(columns(param)[0][0].of_word(f"topics[{topic}]"))
            topic += 1
        elif not is_list(param):
            found += [c.of_value(f'values["{param.name}"]{path}') for c, path in columns(param)]
    return found


def _list_rows(table: ListTable, whole: str, outer: list[str]) -> list[str]:
    """One comprehension for a list; `outer` are the loops around it."""
    index, each = ("i", "each") if table.depth == 1 else ("j", "inner")
    loops = [*outer, f"for {index}, {each} in enumerate({whole})"]
    values = ["i", "j"][: table.depth] + [c.of_value(each + path) for c, path in table.columns]
    lines = _rows(table.name, values, loops)
    for part in table.inner:
        lines += _list_rows(part, each + part.path, loops)
    return lines


def _tuple(values: list[str], indent: str) -> list[str]:
    """A tuple as the formatter has it."""
    if len(line := f"{indent}({', '.join(values)})") <= _LINE:
        return [line]
    return [f"{indent}(", *(f"{indent}    {value}," for value in values), f"{indent})"]


def package_py() -> str:
    """The package of all decoders."""
    modules = [snake(contract) for contract in contracts()]
    lines = [
        f"# {LICENCE}",
        '"""Decoders of every event of every contract, by the first topic of its log.',
        "",
        "Written by scripts/generate_mirror.py from the frozen ABIs; do not edit.",
        '"""',
        "",
        "from millpond.mirror.decoders import (",
        *(f"    {module}," for module in modules),
        ")",
        "from millpond.mirror.decoding import index",
        "",
        "BY_TOPIC = index(",
        *(f"    {module}.DECODERS," for module in modules),
        ")",
    ]
    return "\n".join(lines) + "\n"


# --- the command ----------------------------------------------------------------------------------


def wanted() -> dict[Path, str]:
    """Every generated file with its text."""
    made = {MIRROR / "decoders" / f"{snake(c)}.py": decoders_py(c) for c in contracts()}
    made[MIRROR / "decoders" / "__init__.py"] = package_py()
    made[MIRROR / "tables.sql"] = tables_sql()
    return made


def differences() -> dict[Path, str]:
    """Files that are not as they should be, each with its right text; "" for a leftover."""
    made = wanted()
    leftover = {path: "" for path in (MIRROR / "decoders").glob("*.py") if path not in made}
    stale = {p: t for p, t in made.items() if not p.exists() or p.read_text("utf-8") != t}
    return stale | leftover


@click.command(help=__doc__)
@click.option("--check", is_flag=True, help="Only compare.")
def cli(check: bool) -> None:
    """Write or compare."""
    found = differences()
    for path, text in found.items():
        click.echo(f"{path.relative_to(ROOT)}: {'differs' if check else 'written'}")
        if check:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        if text:
            path.write_text(text, "utf-8")
        else:
            path.unlink()
    if check and found:
        raise SystemExit(1)


if __name__ == "__main__":
    cli()
