"""What the use cases need from outside, as Protocols.

Each docstring names the errors a method may raise; an adapter raises no others.
"""
