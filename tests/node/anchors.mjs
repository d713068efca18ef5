// Reads {update, anchor, path, from, to}: resolves our anchor as an editor does, and makes one of its own for characters
// [from, to) of the text at `path` (child numbers from the root).
import * as Y from 'yjs'

let input = ''
for await (const chunk of process.stdin) input += chunk
const { update, anchor, path, from, to } = JSON.parse(input)
const doc = new Y.Doc()
Y.applyUpdate(doc, Buffer.from(update, 'base64'))
let text = doc.getXmlFragment('default')
for (const index of path) text = text.get(index)
const place = json => {
  const found = Y.createAbsolutePositionFromRelativePosition(Y.createRelativePositionFromJSON(json), doc)
  return found === null ? null : { same: found.type === text, index: found.index }
}
const made = (index, assoc) => Y.relativePositionToJSON(Y.createRelativePositionFromTypeIndex(text, index, assoc))
console.log(JSON.stringify({
  start: place(anchor.start),
  end: place(anchor.end),
  plain: text.toDelta().map(op => op.insert).join(''),
  own: { start: made(from, 0), end: made(to, -1) },
  toTheEnd: { start: made(from, 0), end: made(text.length, 0) },
  fromTheStart: { start: made(0, -1), end: made(from, -1) },
  allOfIt: { start: made(0, -1), end: made(text.length, 0) },
  nothing: { start: made(0, -1), end: made(0, -1) },
}))
