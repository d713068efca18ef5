// Reads {update}: prints updates (base64) by name that bring what no editor of ours knows, made with yjs itself.
import * as Y from 'yjs'

let input = ''
for await (const chunk of process.stdin) input += chunk
const base = Buffer.from(JSON.parse(input).update, 'base64')
const acts = {
  'a hook': root => root.insert(0, [new Y.XmlHook('evil')]),
  'a map between nodes': root => root.insert(0, [new Y.Map([['a', 1]])]),
  'a text type between nodes': root => root.insert(0, [new Y.Text('abc')]),
  'an array between nodes': root => root.insert(0, [Y.Array.from([1, 2])]),
  'a fragment between nodes': root => root.insert(0, [new Y.XmlFragment()]),
  'an image': root => root.insert(0, [new Y.XmlElement('image')]),
  'a script as a node': root => root.insert(0, [new Y.XmlElement('script')]),
  'an attribute that is a type': root => root.get(0).setAttribute('level', new Y.Map()),
  'an attribute on the root': root => root.doc.transact(() => Y.Map.prototype.set.call(Object.assign(root, {}), 'x', 1)),
  'an embed in a text': root => root.get(0).get(0).insertEmbed(0, { image: 'http://x' }),
  'a document in a text': root => root.get(0).get(0).insertEmbed(0, new Y.Doc()),
  'a mark without attributes': root => root.get(0).get(0).format(0, 2, { bold: true }),
  'an unknown mark': root => root.get(0).get(0).format(0, 2, { highlight: {} }),
  'another root': root => root.doc.getMap('prosemirror').set('a', 1),
  'a text as the root of another name': root => root.doc.getText('x').insert(0, 'hello'),
}
const made = {}
for (const [name, act] of Object.entries(acts)) {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, base)
  const before = Y.encodeStateVector(doc)
  try {
    act(doc.getXmlFragment('default'))
  } catch (error) {
    made[name] = null
    continue
  }
  const update = Y.encodeStateAsUpdate(doc, before)
  made[name] = update.length > 2 ? Buffer.from(update).toString('base64') : null
}
console.log(JSON.stringify(made))
