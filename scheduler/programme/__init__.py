"""A whole programme at once: every pair its slot, so that most get one.

`assigning.assign` takes an array of scores, `whole.plan_programme` pairs of people.
numpy is imported here and nowhere above: plain `troth plan` starts without it.
"""
