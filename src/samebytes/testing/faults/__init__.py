"""Fault injection: what a server, a network or a crash can do to a run, by seed and repeatable.

`schedule` says which request meets which fault, `transport` puts it between a client and its server,
`runner` around commands such as git.
"""
