"""Two worlds that differ only in what a reader may not see, and everything that this reader then gets is the same.

`stage.py` builds three bids with everybody around them, once, in a database of its own. `twins.py` makes two copies of it
and starts a service on each. `acts.py` has what is done unseen, in one copy alone; `moves.py` what a reader does in
both; `sights.py` all that it can ask for; `sameness.py` says when two answers are the same.
"""
