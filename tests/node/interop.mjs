// Reads {update (base64), document} on standard input. Prints how the stock libraries read the update, what TipTap's own
// editor leaves of it, and the same document written by them, as an update.
import { JSDOM } from 'jsdom'

const dom = new JSDOM('<!doctype html><body></body>')
for (const name of ['window', 'document', 'Node', 'Element', 'HTMLElement', 'MutationObserver', 'DOMParser', 'getSelection'])
  globalThis[name] ??= name === 'window' ? dom.window : dom.window[name]
Object.defineProperty(globalThis, 'navigator', { value: dom.window.navigator, configurable: true })
globalThis.requestAnimationFrame ??= callback => setTimeout(callback, 0)
globalThis.cancelAnimationFrame ??= clearTimeout
globalThis.innerHeight ??= 800

const Y = await import('yjs')
const { yXmlFragmentToProseMirrorRootNode, prosemirrorJSONToYDoc } = await import('y-prosemirror')
const { Editor, getSchema } = await import('@tiptap/core')
const { default: StarterKit } = await import('@tiptap/starter-kit')
const { TableKit } = await import('@tiptap/extension-table')
const { default: Collaboration } = await import('@tiptap/extension-collaboration')

let input = ''
for await (const chunk of process.stdin) input += chunk
const { update, document: wanted, insert } = JSON.parse(input)
const kit = [StarterKit.configure({ undoRedo: false }), TableKit]
const schema = getSchema(kit)

const doc = new Y.Doc()
Y.applyUpdate(doc, Buffer.from(update, 'base64'))
const node = yXmlFragmentToProseMirrorRootNode(doc.getXmlFragment('default'), schema)
node.check()
const read = node.toJSON()

// A real editor opens it: what it does not know it deletes from the shared document.
const before = Y.encodeStateVector(doc)
const editor = new Editor({ element: document.createElement('div'), extensions: [...kit, Collaboration.configure({ document: doc, field: 'default' })] })
await new Promise(resolve => setTimeout(resolve, 50))
const opened = editor.getJSON()
const changed = Buffer.from(Y.encodeStateAsUpdate(doc, before)).toString('base64')
if (insert) editor.commands.insertContentAt(1, insert)
await new Promise(resolve => setTimeout(resolve, 50))
const edited = { document: editor.getJSON(), update: Buffer.from(Y.encodeStateAsUpdate(doc, before)).toString('base64') }
editor.destroy()

const written = prosemirrorJSONToYDoc(schema, wanted, 'default')
console.log(JSON.stringify({
  read,
  opened,
  changed,
  edited,
  canonical: schema.nodeFromJSON(wanted).toJSON(),
  written: Buffer.from(Y.encodeStateAsUpdate(written)).toString('base64'),
}))
process.exit(0)
