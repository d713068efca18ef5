"""The routes by what they show (drafts, editions, submissions, packs, the bid's template, the public check), and how they
answer."""
