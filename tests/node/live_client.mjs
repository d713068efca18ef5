// The stock y-websocket client, with its options alone. Reads {server, protocols, write, until} as JSON from standard
// input; writes a paragraph once it is level; ends when it sees `until`; prints what it saw.
import * as Y from 'yjs'
import { WebsocketProvider } from 'y-websocket'

let input = ''
for await (const piece of process.stdin) input += piece
const { server, protocols, write, until } = JSON.parse(input)

const doc = new Y.Doc()
const provider = new WebsocketProvider(server, 'live', doc, { protocols, disableBc: true })
provider.awareness.setLocalStateField('user', { name: 'Ana', color: '#0b5394' })
const fragment = doc.getXmlFragment('default')
const events = []
provider.on('status', ({ status }) => events.push(status))

const end = (result) => {
  console.log(JSON.stringify(result))
  provider.destroy()
  process.exit(0)
}
const look = () => {
  const others = [...provider.awareness.getStates().values()].map((state) => state.user?.name).filter(Boolean)
  if (fragment.toString().includes(until) && others.length > 1) {
    end({ text: fragment.toString(), events, others: others.sort(), protocol: provider.ws.protocol })
  }
}
provider.on('sync', (level) => {
  if (!level) return
  doc.transact(() => {
    const paragraph = new Y.XmlElement('paragraph')
    fragment.push([paragraph])
    paragraph.push([new Y.XmlText(write)])
  })
  look()
})
doc.on('update', look)
provider.awareness.on('change', look)
setTimeout(() => end({ text: fragment.toString(), events, timeout: true }), 20000)
