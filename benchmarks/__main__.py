"""`make bench`: run every benchmark there is."""

print("no benchmark yet")
