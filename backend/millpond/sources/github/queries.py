# SPDX-License-Identifier: AGPL-3.0-only
"""What GitHub is asked, in GraphQL.

Lists within lists are asked for their first page only; where one goes on, the rest is asked for by
the id of the object that has it.
"""

_PAGE = "pageInfo { hasNextPage endCursor }"
_ACTOR = """__typename login
    ... on User { databaseId } ... on Bot { databaseId }
    ... on Organization { databaseId } ... on Mannequin { databaseId }"""
_REACTION = "id content createdAt user { __typename login databaseId }"
_REACTIONS = f"reactions(first: 10) {{ {_PAGE} nodes {{ {_REACTION} }} }}"
_COMMENT = f"id url body createdAt author {{ {_ACTOR} }} {_REACTIONS}"
_REVIEW = f"""id url body createdAt author {{ {_ACTOR} }}
    comments(first: 10) {{ {_PAGE} nodes {{ {_COMMENT} }} }}"""
_COMMIT = """oid url message authoredDate committedDate parents { totalCount }
    authors(first: 100) { nodes { user { __typename login databaseId } } }"""
_ISSUE = f"""id number title body url createdAt updatedAt author {{ {_ACTOR} }} {_REACTIONS}
    comments(first: 20) {{ {_PAGE} nodes {{ {_COMMENT} }} }}"""
_PULL = f"""{_ISSUE} merged mergeCommit {{ {_COMMIT} }}
    reviews(first: 20) {{ {_PAGE} nodes {{ {_REVIEW} }} }}"""

REPOSITORY = """query ($owner: String!, $name: String!) {
  repository(owner: $owner, name: $name) {
    databaseId nameWithOwner url createdAt defaultBranchRef { target { oid } }
  }
}"""

HISTORY = f"""query ($owner: String!, $name: String!, $head: GitObjectID!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    object(oid: $head) {{
      ... on Commit {{
        history(first: $first, after: $after) {{ totalCount {_PAGE} nodes {{ {_COMMIT} }} }}
      }}
    }}
  }}
}}"""  # noqa: E501  (one line of another language)


def _listing(field: str, content: str) -> str:
    """Those changed last come first, so a later run stops where nothing is new."""
    return f"""query ($owner: String!, $name: String!, $first: Int!, $after: String) {{
  repository(owner: $owner, name: $name) {{
    {field}(first: $first, after: $after, orderBy: {{field: UPDATED_AT, direction: DESC}}) {{
      totalCount {_PAGE} nodes {{ {content} }}
    }}
  }}
}}"""


LISTINGS = {
    "issue": ("issues", _listing("issues", _ISSUE)),
    "pull": ("pullRequests", _listing("pullRequests", _PULL)),
}


def _rest(type_: str, field: str, content: str) -> str:
    return f"""query ($id: ID!, $first: Int!, $after: String) {{
  node(id: $id) {{
    ... on {type_} {{
      {field}(first: $first, after: $after) {{ {_PAGE} nodes {{ {content} }} }}
    }}
  }}
}}"""


_TYPES = {
    "issue": "Issue",
    "pull": "PullRequest",
    "review": "PullRequestReview",
    "issue comment": "IssueComment",
    "review comment": "PullRequestReviewComment",
}
RESTS = {
    (kind, field): _rest(type_, field, content)
    for kind, type_ in _TYPES.items()
    for field, content in (("comments", _COMMENT), ("reactions", _REACTION), ("reviews", _REVIEW))
}
"""By the kind of the object that has the list, and the list's name."""
