# SPDX-License-Identifier: AGPL-3.0-only
"""A local git repository as a source of contributions.

command     the program git, cut off from the network, hooks and the user's own settings
history     what git says: commits, who made them, who helped (mailmap and trailers)
graph       what that means: contributions, edges and weights
"""
