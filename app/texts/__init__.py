"""The text of the sections as everything else sees it: counts, authors, versions and the event log follow the typing.

Beside `web` and `documents`, above `db` and `richtext`: sections, sign-off and live editing all use it.
"""
