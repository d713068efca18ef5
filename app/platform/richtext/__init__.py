"""Rich text: one schema, one stored form (Yjs), one form that everything reads (ProseMirror JSON), Markdown at edges.

`schema` says what a text may hold; `yjs` reads and writes the shared document; `markdown` reads and writes Markdown;
`merge` brings a text written elsewhere into a document that others are typing in; `guard` refuses what a socket may
not bring; `count` counts; `diff` compares; `authors` says who wrote what. No database, no HTTP.
"""
