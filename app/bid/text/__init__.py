"""The parts of the bid text: who writes them, their text as Markdown, their history, comments and suggestions."""
