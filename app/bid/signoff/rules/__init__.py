"""Rules of signing: what still stands in the way, who must sign, when all have agreed."""
