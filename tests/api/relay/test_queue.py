# SPDX-License-Identifier: AGPL-3.0-only
"""The queue on the disk, on both stores: what is in it, how much it takes, who waits for whom."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from millpond.api.relay.items import REPLACED, Item, Kind, State, Verdict, ready, refused
from millpond.api.relay.queue import Bounds, Queue, Status
from millpond.api.relay.refusals import BudgetSpent, NoMoney, QueueFull, TooManyItems
from millpond.api.relay.service import Relaying, is_working
from millpond.mirror.stores import Place
from millpond.mirror.stores.errors import AlreadyWritten
from millpond.mirror.stores.kept import keeping
from tests.mirror.places import database

pytestmark = pytest.mark.usefixtures("on_both")
NOW, DAY = 1_800_000_000, 86_400
POOL, GOVERNOR = "0x" + "11" * 20, "0x" + "22" * 20
ANNA, BERT = "0x" + "aa" * 20, "0x" + "bb" * 20


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """Beside a mirror that need not be there."""
    return database(tmp_path)


@pytest.fixture
def queue(place: Place) -> Iterator[Queue]:
    """An empty one."""
    with keeping(place) as db:
        yield Queue(db)


def _item(
    person: str = ANNA, about: str = "7", turn: int = 0, proved: bool = True, deadline: int = 2**40
) -> Item:
    return Item.of(
        Kind.BALLOT,
        1337,
        pool=POOL,
        contract=GOVERNOR,
        person=person,
        about=about,
        turn=turn,
        deadline=deadline,
        document=f"{person} {about} {turn} {proved} {deadline}".encode(),
        proved=proved,
    )


def _add(queue: Queue, *items: Item, **bounds: int) -> list[str]:
    return [queue.add(item, NOW, Bounds(**bounds))[0].item.id for item in items]


# --- in and out -----------------------------------------------------------------------------------


def test_add__an_item__is_kept_as_it_was(queue: Queue, place: Place) -> None:
    item = _item()
    kept, is_new = queue.add(item, NOW, Bounds())
    assert is_new
    assert (kept.item, kept.state, kept.received_at) == (item, State.RECEIVED, NOW)
    with keeping(place) as other:
        assert Queue(other).find(item.id) == kept
    assert queue.add(item, NOW + 5, Bounds()) == (kept, False)
    assert queue.find("0x" + "00" * 32) is None


def test_id__depends_on_all_that_the_item_is(queue: Queue) -> None:
    changed = [_item(), _item(person=BERT), _item(about="8"), _item(turn=1)]
    assert len({item.id for item in changed}) == 4
    elsewhere = Item.of(
        Kind.BALLOT, 1, pool=POOL, contract=GOVERNOR, person=ANNA, about="7", turn=0,
        deadline=2**40, document=changed[0].document.encode(), proved=True,
    )  # fmt: skip
    assert elsewhere.id != changed[0].id
    assert len(_add(queue, *changed)) == 4


def test_reason__handed_in_with_a_ballot__is_found_by_its_hash(queue: Queue) -> None:
    hash_ = "0x" + "cc" * 32
    queue.add(_item(), NOW, Bounds(), (hash_, "because\u202e of it"))
    queue.add(_item(turn=1), NOW, Bounds(), (hash_, "because\u202e of it"))
    assert queue.reason(hash_) == "because\u202e of it"
    assert queue.reason("0x" + "cd" * 32) is None


def test_about__a_proposal__lists_what_was_not_refused_in_order(queue: Queue) -> None:
    ids = _add(queue, _item(), _item(turn=1), _item(BERT), _item(BERT, about="8"))
    gone = queue.find(ids[1])
    assert gone is not None
    queue.decide(gone, refused("no", "nothing"), NOW)
    found = queue.about(GOVERNOR, "7", 0, 10)
    assert [kept.item.id for kept in found] == [ids[0], ids[2]]
    assert queue.about(GOVERNOR, "7", found[0].seq, 10) == found[1:]
    assert queue.about(GOVERNOR, "7", 0, 1) == found[:1]


# --- how much -------------------------------------------------------------------------------------


def test_add__more_than_the_queue_holds__is_refused(queue: Queue) -> None:
    _add(queue, _item(), _item(BERT), live=2)
    with pytest.raises(QueueFull, match="as much to do as it takes on") as caught:
        _add(queue, _item(about="9"), live=2)
    assert "bring it yourself" in caught.value.next_step
    assert _add(queue, _item(), live=2), "what is in it is still answered"
    assert queue.counts()["received"] == 2


def test_add__more_than_one_person_may__is_refused_for_her_alone(queue: Queue) -> None:
    for number in range(3):
        _add(queue, _item(about=str(number)), live_of_one=3)
    with pytest.raises(TooManyItems, match="3 items of one person"):
        _add(queue, _item(about="3"), live_of_one=3)
    _add(queue, _item(BERT), live_of_one=3)


def test_add__more_than_a_day_s_share__is_refused_until_the_day_is_over(queue: Queue) -> None:
    for number in range(3):
        [id_] = _add(queue, _item(about=str(number)), daily_of_one=3)
        kept = queue.find(id_)
        assert kept is not None
        queue.decide(kept, Verdict(State.FINAL), NOW)
    with pytest.raises(TooManyItems):
        _add(queue, _item(about="3"), daily_of_one=3)
    queue.add(_item(about="3"), NOW + DAY, Bounds(daily_of_one=3))


def test_add__unproved_items__cannot_use_up_what_is_hers(queue: Queue) -> None:
    """Anybody may say that she is Anna's wallet; that must not keep Anna's key from voting."""
    false = [_item(about=str(number), proved=False) for number in range(4)]
    _add(queue, *false, unproved_of_one=4, live_of_one=1)
    with pytest.raises(TooManyItems):
        _add(queue, _item(about="4", proved=False), unproved_of_one=4)
    _add(queue, _item(), live_of_one=1)
    for kept in queue.to_check(NOW, 10):
        if not kept.item.proved:
            queue.decide(kept, refused("not hers", "sign"), NOW)
    _add(queue, _item(about="4", proved=False), unproved_of_one=4)


def test_add__unproved_items_of_many__leave_room_for_others(queue: Queue) -> None:
    _add(queue, _item(proved=False), _item(BERT, proved=False), unproved=2)
    with pytest.raises(QueueFull):
        _add(queue, _item("0x" + "cc" * 20, proved=False), unproved=2)
    _add(queue, _item("0x" + "cc" * 20), unproved=2)


def test_add__many_processes_at_once__never_take_more_than_there_is_room_for(
    place: Place, queue: Queue
) -> None:
    refused_, taken = [], []

    def hand_in(part: int) -> None:
        with keeping(place) as db:
            own = Queue(db)
            for number in range(10):
                try:
                    own.add(_item(f"0x{part:02x}{number:038x}"), NOW, Bounds(live=20))
                except QueueFull:
                    refused_.append(number)
                else:
                    taken.append(number)

    threads = [threading.Thread(target=hand_in, args=(part,)) for part in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(taken), len(refused_)) == (20, 20)
    assert queue.counts()["received"] == 20


# --- whose turn -----------------------------------------------------------------------------------


def test_ready__of_one_rival__one_at_a_time(queue: Queue) -> None:
    ids = _add(queue, _item(), _item(turn=1), _item(BERT))
    for kept in queue.to_check(NOW, 10):
        queue.decide(kept, ready("lane", 2**40), NOW)
    assert [kept.item.id for kept in queue.ready()["lane"]] == [ids[0], ids[2]]
    first = queue.find(ids[0])
    assert first is not None
    queue.db.execute("UPDATE relay_items SET state = 'sent' WHERE id = ?", (ids[0],))
    assert [kept.item.id for kept in queue.ready()["lane"]] == [ids[2]]
    assert queue.is_under_way(_item(turn=1))
    assert queue.has_earlier(_item(turn=1))
    assert not queue.has_earlier(_item(BERT, turn=0))


def test_replaced_by__the_same_turn__names_only_what_did_not_go_out(queue: Queue) -> None:
    ids = _add(queue, _item(deadline=1), _item(deadline=2), _item(deadline=3), _item(turn=1))
    queue.db.execute("UPDATE relay_items SET state = 'sent' WHERE id = ?", (ids[0],))
    newest = queue.find(ids[2])
    assert newest is not None
    assert [kept.item.id for kept in queue.replaced_by(newest)] == [ids[1]]


def test_to_check__what_waits__is_looked_at_again_after_a_while(queue: Queue) -> None:
    _add(queue, _item())
    [kept] = queue.to_check(NOW, 10)
    queue.decide(kept, Verdict(State.RECEIVED, reason="not open"), NOW)
    assert queue.to_check(NOW + 14, 10) == []
    assert len(queue.to_check(NOW + 15, 10)) == 1


def test_forget__what_was_refused__is_gone_after_a_while(queue: Queue) -> None:
    ids = _add(queue, _item(), _item(BERT))
    kept = queue.find(ids[0])
    assert kept is not None
    queue.decide(kept, refused("no", "nothing"), NOW)
    queue.forget(NOW)
    assert queue.find(ids[0]) is not None
    queue.forget(NOW + 1)
    assert queue.find(ids[0]) is None
    assert queue.find(ids[1]) is not None


def test_add__what_was_refused__is_looked_at_again(queue: Queue) -> None:
    """Her wallet was not deployed, her account not linked: now it may be."""
    [id_] = _add(queue, _item())
    kept = queue.find(id_)
    assert kept is not None
    queue.decide(kept, refused("the wallet is not there", "deploy it"), NOW)
    again, is_new = queue.add(_item(), NOW + 60, Bounds())
    assert is_new
    assert (again.state, again.reason, again.seq) == (State.RECEIVED, None, kept.seq)
    queue.decide(again, REPLACED, NOW)
    assert queue.add(_item(), NOW + 90, Bounds())[1] is False


def test_expire__what_waited_too_long__is_looked_at_again(queue: Queue) -> None:
    ids = _add(queue, _item(), _item(BERT))
    for kept, due in zip(queue.to_check(NOW, 10), (99, 100), strict=True):
        queue.decide(kept, ready("lane", due), NOW)
    queue.expire(100, NOW)
    states = [str(found.state) for id_ in ids if (found := queue.find(id_))]
    assert states == ["received", "ready"]


# --- how it is ------------------------------------------------------------------------------------


def _status(problem: str | None = None, checked_at: int = NOW) -> Status:
    said = ("it has none", "send some") if problem else (None, None)
    return Status(1337, POOL, ANNA, 10**30, 5, 2**70, 9, checked_at, problem, *said)


def test_status__as_it_was_said(queue: Queue) -> None:
    assert queue.status() is None
    for said in (_status(), _status("NoMoney")):
        queue.say(said)
        assert queue.status() == said


def test_is_working__silent_or_in_trouble__is_not(queue: Queue) -> None:
    assert not is_working(queue.status(), NOW)
    assert is_working(_status(), NOW + 120)
    assert not is_working(_status(), NOW + 121)
    assert not is_working(_status("NodeDown"), NOW)


def test_service__without_money__takes_nothing_new_and_says_why(place: Place) -> None:
    relaying = Relaying(place)
    known = relaying.add(_item(), NOW)[0]
    relaying.queue.say(_status("NoMoney"))
    with pytest.raises(NoMoney, match="it has none"):
        relaying.add(_item(BERT), NOW)
    assert relaying.add(_item(), NOW) == (known, False)
    relaying.queue.say(_status("NodeDown"))
    assert relaying.add(_item(BERT), NOW)[1], "a node that is down comes back"
    relaying.queue.db.close()


def test_service__the_day_s_budget_is_spent__takes_what_can_wait(place: Place) -> None:
    relaying = Relaying(place)
    relaying.queue.say(_status("BudgetSpent"))
    with pytest.raises(BudgetSpent):
        relaying.add(_item(deadline=NOW + 60), NOW)
    assert relaying.add(_item(deadline=NOW + 2 * DAY), NOW)[1]
    relaying.queue.db.close()


def test_lock__a_second_relay__is_refused(place: Place) -> None:
    with (
        keeping(place) as one,
        keeping(place) as two,
        one.alone("relay"),
        pytest.raises(AlreadyWritten),
        two.alone("relay"),
    ):
        pass
