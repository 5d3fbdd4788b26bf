# SPDX-License-Identifier: AGPL-3.0-only
"""A GitHub on loopback: repositories that a test writes, asked in GraphQL, in GitHub's words."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.sources.graphql_server import Many, Refused, execute
from tests.sources.server import Asked, Reply, as_json

Thing = dict[str, Any]


def moment(number: int) -> str:
    """The time of thing `number`: one an hour."""
    return f"2021-01-{1 + number // 24:02}T{number % 24:02}:00:00Z"


@dataclass
class Repo:
    """One repository, as its people see it."""

    name: str
    number: int = 900
    issues: list[Thing] = field(default_factory=list)
    pulls: list[Thing] = field(default_factory=list)
    commits: dict[str, Thing] = field(default_factory=dict)
    heads: dict[str, list[str]] = field(default_factory=dict)
    """For a head, the hashes of its history, newest first."""
    head: str | None = None

    @property
    def url(self) -> str:
        """Where people see it."""
        return f"https://github.com/{self.name}"

    def as_thing(self) -> Thing:
        """As GraphQL shows it."""
        return {
            "__typename": "Repository",
            "databaseId": self.number,
            "nameWithOwner": self.name,
            "url": self.url,
            "createdAt": moment(0),
            "defaultBranchRef": self.head
            and {"__typename": "Ref", "target": {"__typename": "Commit", "oid": self.head}},
            "issues": Many(self.issues, lambda each: (each["updatedAt"], each["id"])),
            "pullRequests": Many(self.pulls, lambda each: (each["updatedAt"], each["id"])),
            "object": self._object,
        }

    def _object(self, oid: str) -> Thing | None:
        if oid not in self.heads:
            return None
        history = [self.commits[each] for each in self.heads[oid]]
        return {"__typename": "Commit", "history": Many(history)}


class GithubSite:
    """All that is there, and how it answers."""

    def __init__(self) -> None:
        self.repos: dict[str, Repo] = {}
        self.users: dict[str, Thing] = {}
        self.unresolvable: set[str] = set()
        """Logins that GitHub cannot show: the field is null, and an error says so."""
        self.most = 100
        """A question for more at once runs out of time."""
        self._time = 0

    # --- what people do ---------------------------------------------------------------------------

    def user(self, login: str, number: int, type_: str = "User") -> Thing:
        """Somebody who joins."""
        self.users[login] = {"__typename": type_, "login": login, "databaseId": number}
        return self.users[login]

    def rename(self, login: str, new: str) -> None:
        """Somebody takes another login: it changes wherever she is shown."""
        self.users[new] = self.users.pop(login)
        self.users[new]["login"] = new

    def repo(self, name: str) -> Repo:
        """A new repository."""
        self.repos[name.lower()] = Repo(name)
        return self.repos[name.lower()]

    def issue(self, repo: Repo, author: Thing | None, title: str, body: str = "") -> Thing:
        """Somebody opens an issue."""
        found = self._opened(repo, "Issue", author, title, body)
        repo.issues.append(found)
        return found

    def pull(self, repo: Repo, author: Thing | None, title: str, body: str = "") -> Thing:
        """Somebody opens a pull request."""
        found = self._opened(repo, "PullRequest", author, title, body)
        found |= {"merged": False, "mergeCommit": None, "reviews": Many([])}
        repo.pulls.append(found)
        return found

    def _opened(self, repo: Repo, type_: str, author: Thing | None, title: str, body: str) -> Thing:
        number = len(repo.issues) + len(repo.pulls) + 1
        path = "issues" if type_ == "Issue" else "pull"
        return {
            **self._written(type_, author, body, f"{repo.url}/{path}/{number}"),
            "number": number,
            "title": title,
            "updatedAt": moment(self._time),
            "comments": Many([]),
        }

    def comment(self, on: Thing, author: Thing | None, body: str) -> Thing:
        """Somebody comments on an issue, a pull request or a review."""
        in_review = on["__typename"] == "PullRequestReview"
        type_ = "PullRequestReviewComment" if in_review else "IssueComment"
        anchor = "discussion_r" if in_review else "issuecomment-"
        url = f"{on['url'].partition('#')[0]}#{anchor}{self._time + 1}"
        found = self._written(type_, author, body, url)
        on["comments"].things.append(found)
        self._touch(on)
        return found

    def review(self, pull: Thing, author: Thing | None, body: str = "") -> Thing:
        """Somebody reviews a pull request."""
        url = f"{pull['url']}#pullrequestreview-{self._time + 1}"
        found = self._written("PullRequestReview", author, body, url)
        found |= {"comments": Many([]), "pull": pull}
        pull["reviews"].things.append(found)
        self._touch(pull)
        return found

    def react(self, on: Thing, user: Thing | None, content: str) -> Thing:
        """Somebody reacts; nothing counts as changed by it."""
        self._time += 1
        found = {
            "__typename": "Reaction",
            "id": f"R_{self._time}",
            "content": content,
            "createdAt": moment(self._time),
            "user": user,
        }
        on["reactions"].things.append(found)
        return found

    def commit(self, repo: Repo, *authors: Thing | None, message: str = "work") -> Thing:
        """Somebody commits on top of the default branch."""
        self._time += 1
        oid = f"{self._time:040x}"
        found = {
            "__typename": "Commit",
            "oid": oid,
            "url": f"{repo.url}/commit/{oid}",
            "message": message,
            "authoredDate": moment(self._time),
            "committedDate": moment(self._time),
            "parents": Many([{}] if repo.head else []),
            "authors": Many([{"__typename": "GitActor", "user": each} for each in authors]),
        }
        repo.commits[oid] = found
        before = repo.heads[repo.head] if repo.head else []
        repo.heads[oid] = [oid, *before]
        repo.head = oid
        return found

    def merge(self, pull: Thing, commit: Thing) -> None:
        """A pull request is merged as a commit."""
        pull |= {"merged": True, "mergeCommit": commit}
        self._touch(pull)

    def _written(self, type_: str, author: Thing | None, body: str, url: str) -> Thing:
        self._time += 1
        return {
            "__typename": type_,
            "id": f"{type_}_{self._time}",
            "url": url,
            "body": body,
            "createdAt": moment(self._time),
            "author": author,
            "reactions": Many([]),
        }

    def _touch(self, thing: Thing) -> None:
        self._time += 1
        thing.get("pull", thing)["updatedAt"] = moment(self._time)

    # --- how it answers ---------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Reply:
        """The answer to one question."""
        assert (asked.method, asked.path) == ("POST", "/graphql")
        if not asked.headers.get("Authorization", "").startswith("Bearer "):
            return as_json({"message": "This endpoint requires you to be authenticated."}, 401)
        body = json.loads(asked.body)
        if body["variables"].get("first", 0) > self.most:
            return Reply(502, b"<html>")
        root = {"__typename": "Query", "repository": self._repository, "node": self._node}
        try:
            data = execute(body["query"], body["variables"], root)
        except Refused as refused:
            return as_json({"data": None, "errors": [refused.problem]})
        errors = list(self._hide(data, []))
        return as_json({"data": data, "errors": errors} if errors else {"data": data})

    def _hide(self, value: Any, path: list[Any]) -> Any:
        """Take out who cannot be shown, with an error for each."""
        each = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in list(each):
            if isinstance(inner, dict) and inner.get("login") in self.unresolvable:
                value[key] = None
                text = f"Could not resolve to a User with the login of '{inner['login']}'."
                yield {"type": "NOT_FOUND", "message": text, "path": [*path, key]}
            elif isinstance(inner, dict | list):
                yield from self._hide(inner, [*path, key])

    def _repository(self, owner: str, name: str) -> Thing:
        found = self.repos.get(f"{owner}/{name}".lower())
        if found is None:
            text = f"Could not resolve to a Repository with the name '{owner}/{name}'."
            raise Refused("NOT_FOUND", text)
        return found.as_thing()

    def _node(self, id: str) -> Thing | None:  # noqa: A002  (GitHub's word)
        return next((thing for thing in self.things() if thing["id"] == id), None)

    def things(self) -> list[Thing]:
        """All issues, pull requests, reviews and comments."""
        found = []
        for repo in self.repos.values():
            left = [*repo.issues, *repo.pulls]
            while left:
                thing = left.pop()
                found.append(thing)
                for name in ("comments", "reviews"):
                    left += thing[name].things if name in thing else []
        return found
