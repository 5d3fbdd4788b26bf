# SPDX-License-Identifier: AGPL-3.0-only
"""The graph of what was fetched from GitHub, with the nodes, edges and weights of SourceCred's.

One thing is otherwise: an account's node holds its number, not its login. Weights of an instance
that name types ("PULL", "REVIEW", ...) apply as they are.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from millpond.core.cred.addresses import EDGE, NODE, joined, parts_of
from millpond.core.cred.weights import Weights
from millpond.core.identity.accounts import github_account
from millpond.sources.cache import Cache
from millpond.sources.github.answers import (
    Actor,
    Comment,
    Commit,
    Issue,
    Reaction,
    Repository,
    Review,
)
from millpond.sources.github.references import path_of, paths, references
from millpond.sources.graphs import BEFORE_MS, EARLIEST_MS
from millpond.sources.writing import Found, FoundEdge, FoundNode, FoundPerson

PLUGIN = "sourcecred/github"
_ROOT = ("sourcecred", "github")
_GIT = ("millpond", "git")
"""The graph of a local repository: its nodes are these commits, too."""
NODE_WEIGHTS = {
    ("REPO",): 0.0,
    ("ISSUE",): 0.0,
    ("PULL",): 4.0,
    ("REVIEW",): 1.0,
    ("COMMENT",): 0.0,
    ("COMMIT",): 0.0,
    ("USERLIKE",): 0.0,
}
EDGE_WEIGHTS = {
    ("AUTHORS",): (0.5, 1.0),
    ("HAS_PARENT",): (1.0, 0.25),
    ("MERGED_AS",): (0.5, 1.0),
    ("REFERENCES",): (1.0, 0.0),
    ("REACTS", "HEART"): (2.0, 0.0),
    ("REACTS", "THUMBS_UP"): (1.0, 0.0),
    ("REACTS", "HOORAY"): (4.0, 0.0),
    ("REACTS", "ROCKET"): (1.0, 0.0),
    ("CORRESPONDS_TO_COMMIT",): (1.0, 1.0),
}
_REACTIONS = {kind[1] for kind in EDGE_WEIGHTS if kind[0] == "REACTS"}
"""Those that say yes, and nothing else."""
_KINDS = {"User": "USER", "Bot": "BOT", "Organization": "ORGANIZATION"}


def build(caches: Iterable[Cache]) -> Found:
    """The graph of some repositories."""
    draft = _Draft()
    for cache in caches:
        draft.read(cache)
    draft.refer()
    weights = Weights(
        {
            **{joined(NODE, (*_ROOT, *kind)): weight for kind, weight in NODE_WEIGHTS.items()},
            **dict.fromkeys(draft.unmerged, 0.0),
        },
        {joined(EDGE, (*_ROOT, *kind)): pair for kind, pair in EDGE_WEIGHTS.items()},
    )
    return Found(
        PLUGIN, list(draft.nodes.values()), list(draft.edges.values()), weights, draft.people()
    )


class _Draft:
    """The graph while it grows: texts can only be followed when everything is known."""

    def __init__(self) -> None:
        self.nodes: dict[str, FoundNode] = {}
        self.edges: dict[str, FoundEdge] = {}
        self.unmerged: list[str] = []
        self._logins: dict[int, Actor] = {}
        """By number, everybody by the login that was seen last."""
        self._seen: set[int] = set()
        """Whoever has a part in what is there now."""
        self._places: dict[str, str] = {}
        """The address of the node of what is at a path on GitHub."""
        self._texts: list[tuple[str, str, str, int]] = []
        """(address of the node, repository, text, time)"""

    def read(self, cache: Cache) -> None:
        """All of one repository."""
        repository: Repository = cache.mark("repository", Repository)
        name = repository.name_with_owner
        where = self._node(("REPO", *name.split("/")), f"[{name}]({repository.url})", repository)
        self._places[name.lower()] = where
        for _, _, user in cache.all("user", Actor):
            self._logins[user.database_id] = user
        for kind in ("commit", "merge"):
            for _, _, commit in cache.all(kind, Commit):
                self._commit(commit, name)
        self._discussed(cache, where, name)

    def _discussed(self, cache: Cache, where: str, name: str) -> None:
        """Issues and pull requests, and what hangs on them."""
        above: dict[str, str] = {}
        for kind, type_ in (("issue", "ISSUE"), ("pull", "PULL")):
            for id_, _, issue in cache.all(kind, Issue):
                above[id_] = self._issue((type_, *name.split("/")), issue, where, name)
        for pull, _, commit in cache.all("merge", Commit):
            self._edge("MERGED_AS", (above[pull],), above[pull], _commit(commit), commit)
        for id_, pull, review in cache.all("review", Review):
            above[id_] = self._below(("REVIEW",), above[pull], review, name)
        for kind in ("issue comment", "review comment"):
            for id_, parent, comment in cache.all(kind, Comment):
                type_ = parts_of(above[parent])[len(_ROOT)]
                above[id_] = self._below(("COMMENT", type_), above[parent], comment, name)
        for _, parent, reaction in cache.all("reaction", Reaction):
            self._reaction(reaction, above[parent])

    def _node(self, kind: tuple[str, ...], description: str, source: Any) -> str:
        address = joined(NODE, (*_ROOT, *kind))
        self.nodes[address] = FoundNode(address, description, _time(source))
        return address

    def _edge(
        self, kind: str, ends: Iterable[str], source: str, target: str, when: Any, *more: str
    ) -> None:
        """`ends` are the nodes that tell this edge from others of its kind."""
        parts = [part for end in ends for part in parts_of(end)[len(_ROOT) :]]
        address = joined(EDGE, (*_ROOT, kind, *more, *parts))
        time_ms = when if isinstance(when, int) else _time(when)
        self.edges[address] = FoundEdge(address, source, target, time_ms)

    def _author(self, actor: Actor | None, content: str, when: Any) -> None:
        """A deleted account leaves its work behind, without an author."""
        account = self._account(actor)
        if account is not None:
            self._edge("AUTHORS", (account, content), account, content, when)

    def _issue(self, kind: tuple[str, ...], issue: Issue, repository: str, name: str) -> str:
        description = f"[#{issue.number}]({issue.url}): {issue.title}"
        address = self._node((*kind, str(issue.number)), description, issue)
        if kind[0] == "PULL" and not issue.merged:
            self.unmerged.append(address)
        self._edge("HAS_PARENT", (address,), address, repository, issue)
        self._written(address, issue, name)
        return address

    def _below(self, kind: tuple[str, ...], parent: str, found: Review | Comment, name: str) -> str:
        """A review or a comment: its address holds that of what it is about."""
        about = parts_of(parent)[len(_ROOT) + 1 :]
        what = "review" if kind == ("REVIEW",) else "comment"
        top = self.nodes[parent].description.partition(" on ")
        description = f"[{what}]({found.url}) on {top[2] or top[0]}"
        number = found.url.rpartition("#")[2].lstrip("abcdefghijklmnopqrstuvwxyz_-")
        address = self._node((*kind, *about, number or found.id), description, found)
        self._edge("HAS_PARENT", (address,), address, parent, found)
        self._written(address, found, name)
        return address

    def _written(self, address: str, found: Issue | Review | Comment, name: str) -> None:
        self._author(found.author, address, found)
        self._places[path_of(found.url)] = address
        self._texts.append((address, name, found.body, _time(found)))

    def _commit(self, commit: Commit, name: str) -> None:
        title = commit.message.partition("\n")[0]
        address = self._node(
            ("COMMIT", commit.oid), f"[{commit.oid[:7]}]({commit.url}): {title}", commit
        )
        for author in commit.authors.nodes:
            self._author(author.user if author else None, address, commit)
        kind = "MERGE" if commit.parents.total_count > 1 else "COMMIT"
        git = joined(NODE, (*_GIT, kind, commit.oid))
        self._edge("CORRESPONDS_TO_COMMIT", (address,), address, git, commit)
        self._places[path_of(commit.url)] = address
        self._texts.append((address, name, commit.message, _time(commit)))

    def _reaction(self, reaction: Reaction, about: str) -> None:
        account = self._account(reaction.user)
        if account is not None and reaction.content in _REACTIONS:
            self._edge("REACTS", (account, about), account, about, reaction, reaction.content)

    def refer(self) -> None:
        """Follow what the texts refer to, now that everything is known."""
        accounts = {user.login.lower(): github_account(number) for number, user in self._users()}
        for address, repository, text, time_ms in self._texts:
            found = references(text)
            for login in found.paired:
                if account := accounts.get(login):
                    self._edge("AUTHORS", (account, address), account, address, time_ms)
            places: Mapping[str, str] = self._places
            targets = {places[path] for path in paths(found, repository) if path in places}
            logins = {*found.logins, *(path for path in found.addresses if "/" not in path)}
            targets |= {account for each in logins if (account := accounts.get(each))}
            for target in targets - {address}:
                self._edge("REFERENCES", (address, target), address, target, time_ms)

    def people(self) -> list[FoundPerson]:
        """The accounts that were seen, by their present logins."""
        return [
            FoundPerson(
                github_account(number),
                user.login,
                f"[@{user.login}](https://github.com/{user.login})",
                _KINDS.get(user.typename, "USER"),
            )
            for number, user in sorted(self._users(), key=lambda each: each[0])
        ]

    def _users(self) -> list[tuple[int, Actor]]:
        """Those who have a part, seen last come last: a login is hers who was seen with it last."""
        return [each for each in self._logins.items() if each[0] in self._seen]

    def _account(self, actor: Actor | None) -> str | None:
        number = actor.database_id if actor is not None else None
        if not number:
            return None
        self._seen.add(number)
        return github_account(number)


def _commit(commit: Commit) -> str:
    return joined(NODE, (*_ROOT, "COMMIT", commit.oid))


def _time(found: Any) -> int:
    """When something was made. A commit's author may say any time: then who committed it counts."""
    texts = (
        (found.authored_date, found.committed_date)
        if isinstance(found, Commit)
        else (found.created_at,)
    )
    times = [round(datetime.fromisoformat(text).timestamp() * 1000) for text in texts]
    return next((each for each in times if EARLIEST_MS <= each < BEFORE_MS), times[-1])
