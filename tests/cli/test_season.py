# SPDX-License-Identifier: AGPL-3.0-only
"""`millpond report season`: tables, JSON and a page, of seasons on a real chain."""

import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from millpond.chain.client import connect
from millpond.chain.governance import Action
from millpond.core.canonical import keccak256
from millpond.core.cred.compute import compute
from millpond.core.cred.scores import Scores
from millpond.core.distribution import Distribution, InputFile, Previous, build, data_hash, to_json
from millpond.core.policies import policy_named
from millpond.core.subjects import Subject, of_identity, to_hex
from millpond.core.weeks import weeks_of_month
from millpond.sources.instances import read_instance, read_weights_file
from scripts._local_chain import local_chain
from tests.chain.conftest import long
from tests.chain.coop import DOLLAR, MAINTAINERS, PATRONS, PAYEES, Coop, Story
from tests.chain.nodes import CHAIN_ID
from tests.cli.conftest import Ran
from tests.core import month
from tests.sourcecred import VECTORS
from tests.web.html import parsed

__all__ = ["long"]
Run = Callable[..., Ran]
INSTANCE = VECTORS / "synthetic-2k"
MONTHS = ("2020-02", "2020-03")
WIDEST = 80


def _shelved(documents: list[Distribution], folder: Path) -> Path:
    for document in documents:
        place = folder / str(document.epoch)
        place.mkdir(exist_ok=True)
        (place / "distribution.json").write_bytes(to_json(document))
    return folder


@pytest.fixture(scope="session")
def documents(long: Story, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both documents, each in a folder of its own, as maintainers publish them."""
    return _shelved(long.documents, tmp_path_factory.mktemp("distributions"))


def _asked(story: Story) -> tuple[object, ...]:
    hub = story.coop.hub.address
    return ("report", "season", "--pool", "credsperiment", "--hub", hub, "--rpc", story.url)


# --- tables ---------------------------------------------------------------------------------------


def test_season__with_documents__all_of_it_in_80_columns(
    millpond: Run, long: Story, documents: Path
) -> None:
    ran = millpond(*_asked(long), "--documents", documents)
    assert ran.status == 0, ran.err
    assert max(map(len, ran.out.splitlines())) <= WIDEST
    rows = [re.split(r"  +", line.strip()) for line in ran.out.splitlines()]
    # Two of five object to the first attempt; the second has three for, one against.
    reviews = [row[2:] for row in rows if len(row) == 8 and "-" in row[1]]
    assert reviews == [
        ["7.0", "void", "5", "2", "40.00 %", "2"],
        ["7.0", "final", "5", "4", "80.00 %", "1"],
        ["0.0", "under review", "5", "0", "0.00 %", "0"],
    ]
    # One of seventeen who are above the minimum has an account.
    assert ["1", "43", "1", "1", "0", "0", "16", "26", "43"] in rows
    assert ["1", "decentralion", "34.38 %", "25.00 %", "25 %"] in rows
    assert ["1", "1", "42", "not reached", "not reached", "not reached"] in rows
    assert "42 leaves had not been paid" in ran.out
    assert ["over the cap, carried", "187.647147 TUSD"] in rows
    assert ["unclaimed", "1,312.352853 TUSD"] in rows
    assert "Nobody was struck out of a review." in ran.out


def test_season__without_documents__the_chain_alone_and_what_is_not_known(
    millpond: Run, long: Story
) -> None:
    ran = millpond(*_asked(long))
    assert ran.status == 0, ran.err
    assert "no folder of documents was given (--documents)" in ran.out.replace("\n", " ")
    assert "decentralion" not in ran.out
    assert re.search(r"^ +1 +43 +1 +1 +0 +0 +\? +\? +\?$", ran.out.rstrip(" "), re.MULTILINE) or (
        re.search(r"^ *1 +43 +1 +1 +0 +0 +\? +\? +\? *$", ran.out, re.MULTILINE)
    )
    assert "not paid, who they are is not known: 42" in ran.out


def test_season__one_epoch__only_that_and_newcomers_beside_the_earlier(
    millpond: Run, long: Story, documents: Path
) -> None:
    ran = millpond("--json", *_asked(long), "--documents", documents, "--epochs", "2")
    assert [each["epoch"] for each in ran.json["epochs"]] == [2]
    assert ran.json["epochs"][0]["contributors"] is None


@pytest.mark.parametrize("epochs", ["0", "3-1", "x", "1-", "7-9"])
def test_season__no_epochs__status_3(millpond: Run, long: Story, epochs: str) -> None:
    ran = millpond(*_asked(long), "--epochs", epochs)
    assert ran.status == 3
    assert "Next: " in ran.err


def test_season__a_changed_document__is_not_believed(
    millpond: Run, long: Story, documents: Path, tmp_path: Path
) -> None:
    shutil.copytree(documents, tmp_path / "changed")
    path = tmp_path / "changed" / "1" / "distribution.json"
    path.write_bytes(path.read_bytes().replace(b"decentralion", b"decentralioN"))
    ran = millpond("--json", *_asked(long), "--documents", tmp_path / "changed")
    [one, two] = ran.json["epochs"]
    assert "is on the shelf" in one["missing"]
    assert (one["leaves"], two["missing"]) == (None, None)


# --- JSON and the page ----------------------------------------------------------------------------


def test_season__json__is_what_the_chain_holds(
    millpond: Run, long: Story, documents: Path, tmp_path: Path
) -> None:
    out = tmp_path / "season.json"
    ran = millpond("--json", *_asked(long), "--documents", documents, "--out", out)
    assert ran.status == 0, ran.err
    assert ran.json == json.loads(out.read_bytes())
    one = ran.json["epochs"][0]
    assert sum(int(each["due"]) for each in one["leaves"]) <= 2_000 * DOLLAR
    assert [each["end"] for each in one["leaves"]].count("payday") == 1
    mine = [each for each in one["maintainers"] if int(each["due"])]
    assert [each["account"] for each in mine] == [MAINTAINERS[0].address]
    assert mine[0]["amount"] == str(500 * DOLLAR)
    moments = ran.json["standing"][0]["moments"]
    asset = long.coop.dollar.address
    assert int(moments[-1]["carry"]) == long.coop.distributor.carry_of(asset)
    paid_of = long.coop.distributor.paid_of(1)
    assert int(moments[-1]["unclaimed"]["1"]) == 2_000 * DOLLAR - paid_of
    assert one["reviews"][1]["couldVote"] == len(ran.json["epochs"]) + 3 == 5


def test_season__page__names_each_drawing_and_fetches_nothing(
    millpond: Run, long: Story, documents: Path, tmp_path: Path
) -> None:
    paths = [tmp_path / "one.html", tmp_path / "two.html"]
    for path in paths:
        assert millpond(*_asked(long), "--documents", documents, "--html", path).status == 0
    assert paths[0].read_bytes() == paths[1].read_bytes()
    found = parsed(paths[0].read_text("utf-8"))
    assert found.one("h1").text == "Season of credsperiment"
    assert found.all("script", "link", "iframe", "img", "object") == []
    plots = found.classed("plot")
    assert len(plots) == 6
    for plot in plots:
        names = plot.attributes["aria-labelledby"].split()
        assert all(found.by_id(name).text for name in names)
    for table in found.all("table"):
        assert table.one("caption").text
        assert all(each.attributes.get("scope") for each in table.all("th"))
    ids = [each.attributes["id"] for each in found if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    levels = [int(each.tag[1]) for each in found.all("h1", "h2", "h3")]
    assert all(two - one <= 1 for one, two in pairwise(levels))


def test_season__page_without_documents__says_what_is_not_known(
    millpond: Run, long: Story, tmp_path: Path
) -> None:
    path = tmp_path / "season.html"
    assert millpond(*_asked(long), "--html", path).status == 0
    text = parsed(path.read_text("utf-8")).text
    assert "Not known: the documents are not at hand." in text
    assert "no folder of documents was given" in text


# --- changes of weights ---------------------------------------------------------------------------


def _weights(text: str, path: Path) -> Scores:
    path.write_text(text, encoding="utf-8")
    instance = read_instance(INSTANCE, descriptions=False)
    return compute(replace(instance, weights=read_weights_file(path)))


def _heavier(text: str) -> str:
    """All weights of nodes by their place in the file: others than before."""
    header, weights = json.loads(text)
    nodes = weights["nodeWeights"]
    heavier = {prefix: at + 1 for at, prefix in enumerate(sorted(nodes))}
    return json.dumps([header, weights | {"nodeWeights": heavier}])


@pytest.fixture(scope="session")
def reweighed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    """Two months of an instance, paid by other weights each; a maintainer is somebody in it."""
    folder = tmp_path_factory.mktemp("weights")
    first = (INSTANCE / "config" / "weights.json").read_text("utf-8")
    texts = [first, _heavier(first)]
    with local_chain() as url:
        coop = Coop.make(connect(url, CHAIN_ID))
        coop.open_cred_earmark()
        scores = [_weights(text, folder / "w.json") for text in texts]
        history = scores[0].history(weeks_of_month(MONTHS[0]))
        richest = max(history.people, key=lambda person: person.cred)
        coop.maintainers = {account: [] for account in coop.maintainers}
        coop.maintainers[MAINTAINERS[0].address] = [Subject(richest.subject)]
        members = [(account, list(own)) for account, own in coop.maintainers.items()]
        coop.carry([Action.of(coop.distributor.set_maintainers, members, 2)], "Whose leaves")
        found: list[Distribution] = []
        for label, text, scored in zip(MONTHS, texts, scores, strict=True):
            coop.give(PATRONS[0], 1, 1_000 * DOLLAR)
            last = found[-1] if found else None
            previous = Previous(1, data_hash(last), last.weeks[-1].end_ms) if last else None
            inputs = [each for each in month.inputs() if each.name != "weights"]
            inputs.append(InputFile("weights", keccak256(text.encode()), "as voted"))
            document = build(
                chain_id=CHAIN_ID,
                pool=coop.pool.address,
                distributor=coop.distributor.address,
                epoch=len(found) + 1,
                previous=previous,
                history=scored.history(weeks_of_month(label)),
                policy=policy_named("proportional", {}),
                inputs=inputs,
                weights=text,
                signer_cap_bps=10_000,
                signers=coop.maintainers,
            )
            coop.post(document)
            coop.consent()
            found.append(document)
        yield Story(url, coop, found)


def test_season__weights_changed__what_each_maintainer_gained(
    millpond: Run, reweighed: Story, tmp_path: Path
) -> None:
    shelf = _shelved(reweighed.documents, tmp_path)
    asked = (*_asked(reweighed), "--documents", shelf)
    told = millpond("--json", *asked, "--instance", INSTANCE).json["weightChanges"]
    assert [(each["since"], each["epoch"], each["missing"]) for each in told] == [(1, 2, None)]
    two = reweighed.documents[1]
    own = reweighed.coop.maintainers[MAINTAINERS[0].address][0]
    hers = next(e for e in told[0]["maintainers"] if e["account"] == MAINTAINERS[0].address)
    # By the weights in force it is her leaf of the document, to the unit.
    assert int(hers["after"]) == 1_000 * DOLLAR * dict(two.leaves)[own] // two.total
    assert told[0]["sameCred"] is True
    assert hers["gain"] == str(int(hers["after"]) - int(hers["before"]))
    assert int(hers["gain"]) != 0
    ran = millpond(*asked, "--instance", INSTANCE)
    verb = "gains" if int(hers["gain"]) > 0 else "loses"
    assert f"{MAINTAINERS[0].address} {verb} " in ran.out
    assert max(map(len, ran.out.splitlines())) <= WIDEST


def test_season__weights_changed_and_no_instance__says_what_it_takes(
    millpond: Run, reweighed: Story, tmp_path: Path
) -> None:
    shelf, page = _shelved(reweighed.documents, tmp_path), tmp_path / "season.html"
    ran = millpond(*_asked(reweighed), "--documents", shelf, "--html", page)
    assert "Epoch 1 to 2: not computed: give the instance" in ran.out
    assert "give the instance that the cred comes from" in parsed(page.read_text("utf-8")).text
    other = millpond(
        *("--json", *_asked(reweighed), "--documents", shelf),
        *("--instance", VECTORS / "kurafire"),
    )
    assert other.json["weightChanges"][0]["sameCred"] is False


def test_season__second_month__new_is_who_had_no_leaf_before(
    millpond: Run, reweighed: Story, tmp_path: Path
) -> None:
    shelf = _shelved(reweighed.documents, tmp_path)
    one, two = reweighed.documents
    before = {subject for subject, _ in one.leaves}
    new = [to_hex(subject) for subject, _ in two.leaves if subject not in before]
    found = millpond("--json", *_asked(reweighed), "--documents", shelf, "--epochs", "2-2").json
    told = found["epochs"][0]["newcomers"]["who"]
    assert {to_hex(of_identity(each)) for each in told} == set(new)
    assert PAYEES  # nobody has an account, so nothing was paid
    assert found["epochs"][0]["contributors"]["paid"] == 0
