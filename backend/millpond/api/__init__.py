# SPDX-License-Identifier: AGPL-3.0-only
"""HTTP over the mirror: JSON under /v1, and the pages. It asks no node and goes nowhere else; that
is for the relay (`relay/`), a process of its own.

app         the application: routers, errors, headers
services    what a request has at hand; replies that say of which block they are
problems    errors as RFC 9457 problem documents with a next step
query       what may be asked in a query string, and keys of lists
models/     the shape of every reply; routes/ one router for each subject
sentences, charts    for people: rules, purposes; SVG
pages/      the pages of web/, rendered on the server
server      `millpond serve`: the server, and the writer as its child
"""
