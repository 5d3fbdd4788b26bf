# SPDX-License-Identifier: AGPL-3.0-only
"""Mutants: small mistakes put into the contracts one at a time; do the tests notice each?

    python -m bench.mutants                              all, in hours; can be stopped and goes on
    python -m bench.mutants --contract Pool              those of one contract and its modules
    python -m bench.mutants --file modules/ballots.vy    those of one file
    python -m bench.mutants --changed main               those on lines that differ from a commit
    python -m bench.mutants --sample 1/5 --seed 7        one in five
    python -m bench.mutants --list                       only their names
    python -m bench.mutants --one ID                     one: the mistake, and who notices it
    python -m bench.mutants --known                      what was found up to now
    python -m bench.mutants --keep                       write all verdicts beside the results

Verdicts are kept in .cache/mutants; with --keep also in bench/results/mutants.jsonl.gz, where any
other machine finds them. A whole run is written to bench/results/mutants.json. Ends with
an error if too few are noticed, or if one that is not has no reason in survivors.toml.
"""

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from bench.mutants.campaign import CACHE, JOURNAL, KEPT, Asked, Campaign, Way
from bench.mutants.journal import Journal, Verdict
from bench.mutants.mutations import Mutant
from bench.mutants.report import Report
from bench.mutants.scope import IN_SCOPE, Source, changed_lines, sampled, sources
from bench.mutants.suite import FOLDERS, WALK_SEEDS, Suite, with_suite
from bench.mutants.survivors import explanations


@click.command(help=__doc__)
@click.option("--contract", "contracts", multiple=True, help="One; may be given again.")
@click.option("--file", help="A file below contracts/.")
@click.option("--changed", help="A commit: only lines that differ from it.")
@click.option("--sample", help="So many of so many, as 1/5.")
@click.option("--seed", default=1, help="Which ones are in the sample.")
@click.option("--jobs", default=2, help="How many at a time.")
@click.option("--tests", multiple=True, help="Only these tests, a file or folder each.")
@click.option("--walks", default=len(WALK_SEEDS), help="How many walks after them.")
@click.option("--cache", default=CACHE, type=Path, help="Where verdicts are kept.")
@click.option("--list", "only_list", is_flag=True, help="Only say their names.")
@click.option("--one", help="The name of one.")
@click.option("--keep", is_flag=True, help="Judge nothing; keep all verdicts for other machines.")
@click.option("--known", is_flag=True, help="Judge nothing; report what is known.")
def main(  # noqa: PLR0913, PLR0917  (one for each option)
    contracts: tuple[str, ...],
    file: str | None,
    changed: str | None,
    sample: str | None,
    seed: int,
    jobs: int,
    tests: tuple[str, ...],
    walks: int,
    cache: Path,
    only_list: bool,
    one: str | None,
    keep: bool,
    known: bool,
) -> None:
    """Mutate."""
    console = Console(highlight=False, soft_wrap=True)
    if keep:
        count = Journal(cache / JOURNAL, KEPT).keep(KEPT)
        console.print(f"{count:,} verdicts are kept in {KEPT}")
        return
    chosen = contracts or IN_SCOPE
    asked = choose(chosen, file, changed, sample, seed)
    if one:
        asked = [each for each in asked if each[1].id == one]
        if not asked:
            raise click.BadParameter(f"no mutant is called {one}; --list says them all")
        show(console, *asked[0])
    if only_list:
        for _, mutant in asked:
            console.print(f"{mutant.id}  line {mutant.line}", markup=False)
        return
    way = Way(cache, jobs, walks)
    verdicts = judge(console, chosen, asked, way, tests or FOLDERS, known)
    report = told(console, asked, verdicts)
    if not (contracts or file or changed or sample or one):
        report.write(chosen, tests or FOLDERS)
    sys.exit(0 if report.is_enough else 1)


def choose(
    contracts: Sequence[str], file: str | None, changed: str | None, sample: str | None, seed: int
) -> Asked:
    """The mutants that are asked for."""
    found = [(s, m) for s in sources(contracts, file) for m in s.mutants()]
    if changed:
        lines = changed_lines(changed)
        found = [(s, m) for s, m in found if m.line in lines.get(m.file, set())]
    if sample:
        part, of = map(int, sample.split("/"))
        found = [(s, m) for s, m in found if sampled(m, part, of, seed)]
    # first what is quick: the others are compiled as a whole, and locks are hard to see
    return sorted(found, key=lambda each: not each[1].inside)


def judge(
    console: Console,
    contracts: Sequence[str],
    asked: Asked,
    way: Way,
    tests: Sequence[str],
    known: bool,
) -> dict[str, Verdict]:
    """What came of each."""
    verdicts: dict[str, Verdict] = {}

    def work(suite: Suite) -> None:
        campaign = Campaign(contracts, suite, way, say)
        verdicts.update(campaign.remembered(asked) if known else campaign.run(asked))

    def say(line: str) -> None:
        console.print(line, markup=False)

    with_suite(work, tests)
    return verdicts


def show(console: Console, source: Source, mutant: Mutant) -> None:
    """The mistake as a difference of two texts."""
    before = source.path.read_text("utf-8")
    pair = before.splitlines(), mutant.applied(before).splitlines()
    for line in difflib.unified_diff(*pair, mutant.file, mutant.id, lineterm="", n=2):
        console.print(line, markup=False)


def told(console: Console, asked: Asked, verdicts: dict[str, Verdict]) -> Report:
    """Print what was found."""
    explained = explanations()
    existing = {mutant.id for source in sources() for mutant in source.mutants()}
    report = Report([mutant for _, mutant in asked], verdicts, explained, existing)
    console.print(report.table("file", report.files))
    console.print(report.table("kind", report.kinds))
    for line in [*(f"unexplained: {each.id}" for each in report.unexplained), *report.mistakes]:
        console.print(line, markup=False, style="red")
    return report


if __name__ == "__main__":
    main()
