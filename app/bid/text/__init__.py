"""The text of a bid: the sections that its call asks for, which several people write together.

`from_call` makes the sections by the rules in `rules/call_sections`, and `service` changes who writes them. The text of
a section is a log of Yjs updates (`section_log`). `content` reads and puts it as Markdown, `history` keeps versions of
it, `comments` holds remarks and suggestions, and `live` serves those who type in it. `catching_up` brings counts, shares,
events and versions up to the text, for typing in the background (`background_catch_up`).
"""
