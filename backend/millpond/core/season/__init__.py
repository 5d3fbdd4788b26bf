# SPDX-License-Identifier: AGPL-3.0-only
"""How a season went: who took part, who was paid how much and when, what was left.

facts       what was read: reviews, pots, leaves and what became of each
figures     what follows for one epoch: participation, contributors, concentration, maintainers
waits       how long people took to claim, with those who have not yet
standing    what was unclaimed and carried, over time
gains       what a change of weights between two epochs was worth to the maintainers
written     all of it as JSON
"""
