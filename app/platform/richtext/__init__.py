"""Rich text: one schema, one stored form (Yjs), one form that everything reads (ProseMirror JSON), Markdown outside.

`schema` says what a text may hold; `yjs` reads and writes the shared document, `repair` makes a valid text of what it
holds; `markdown` and `markdown_writer` read and write Markdown; `merge` brings a text that was written elsewhere into a
document in which others are typing; `guard` refuses what a socket may not bring, and `lib0` reads its bytes; `counting`
and `complexity` count; `diff` compares; `authors` says who wrote what; `anchors` keeps remarks with their words. Nothing here knows a
database or HTTP.
"""
