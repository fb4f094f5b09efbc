"""A whole programme at once: every pair its slot, so that most get one.

`assigning.assign` is the way in for arrays of scores, `grid` for pairs of real people.
numpy is imported here and nowhere above: plain `troth plan` starts without it.
"""
