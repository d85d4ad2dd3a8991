"""The tests of samebytes; a package so that `tests.…` never means somebody else's."""
