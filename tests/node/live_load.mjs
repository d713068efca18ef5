// Load for a live editing server: every client of a room types at the end of a paragraph of its own, and looks until it
// has what all the others typed. Reads the plan as JSON from standard input, prints the figures as JSON.
//   rooms: [{url, tokens: [bearer token or '', one for each client]}], updates: for each client,
//   rate: updates a second of each client (0: as fast as the socket takes them), sync: whether the server answers step 1
import * as Y from 'yjs'
import WebSocket from 'ws'
import * as encoding from 'lib0/encoding'
import * as decoding from 'lib0/decoding'

let input = ''
for await (const piece of process.stdin) input += piece
const { rooms, updates, rate, sync } = JSON.parse(input)

const frame = (kind, bytes) => {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, 0)
  encoding.writeVarUint(encoder, kind)
  encoding.writeVarUint8Array(encoder, bytes)
  return Buffer.from(encoding.toUint8Array(encoder))
}

const typed = (clientID) => {
  const doc = new Y.Doc()
  doc.clientID = clientID
  const made = []
  doc.on('update', (update) => made.push({ frame: frame(2, update), to: Y.parseUpdateMeta(update).to.get(clientID) }))
  const text = new Y.XmlText()
  doc.transact(() => {
    const paragraph = new Y.XmlElement('paragraph')
    doc.getXmlFragment('default').push([paragraph])
    paragraph.push([text])
    text.insert(0, 'a')
  })
  for (let n = 1; n < updates; n++) text.insert(text.length, 'abcdefgh '[n % 9])
  return made
}

const lags = []
const clients = []
for (const [r, room] of rooms.entries()) {
  const ids = room.tokens.map((_, c) => 10_000 + r * 1000 + c)
  const sentAt = new Map(ids.map((id) => [id, []]))
  for (const [c, token] of room.tokens.entries()) {
    const made = typed(ids[c])
    clients.push({ id: ids[c], url: room.url, token, made, sentAt, ends: made[made.length - 1].to,
      seen: new Map(), missing: ids.length - 1, others: ids.filter((id) => id !== ids[c]) })
  }
}

const received = (client, data, now) => {
  const decoder = decoding.createDecoder(new Uint8Array(data))
  if (decoding.readVarUint(decoder) !== 0) return
  const step = decoding.readVarUint(decoder)
  if (step === 0) return
  for (const [id, to] of Y.parseUpdateMeta(decoding.readVarUint8Array(decoder)).to) {
    const before = client.seen.get(id) ?? 0
    if (id === client.id || to <= before) continue
    client.seen.set(id, to)
    for (const [clock, at] of client.sentAt.get(id)) if (clock > before && clock <= to) lags.push(now - at)
    if (to === client.ends && --client.missing === 0) finished()
  }
}

let left = clients.length
let done
const all = new Promise((resolve) => { done = resolve })
const finished = () => { if (--left === 0) done() }

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const open = (client) => new Promise((resolve, reject) => {
  const headers = client.token ? { Authorization: `Bearer ${client.token}` } : {}
  client.ws = new WebSocket(client.url, { headers, perMessageDeflate: false })
  client.ws.on('error', reject)
  client.ws.on('close', (code, reason) => { if (left) { console.error(`closed ${code} ${reason}`); process.exit(1) } })
  client.ws.on('message', (data) => {
    if (sync && !client.level && data[0] === 0 && data[1] === 1) { client.level = true; resolve() }
    received(client, data, performance.now())
  })
  client.ws.on('open', () => { client.ws.send(frame(0, Uint8Array.of(0))); if (!sync) resolve() })
})
for (const client of clients) await open(client)
await wait(300)

const type = async (client, place) => {
  const pause = rate ? 1000 / rate : 0
  let due = performance.now() + (pause * place) / clients.length
  for (const { frame: bytes, to } of client.made) {
    if (pause) {
      const now = performance.now()
      if (due > now) await wait(due - now)
      due += pause
    } else if (client.ws.bufferedAmount > 16_384) {
      while (client.ws.bufferedAmount > 4096) await wait(1)
    } else {
      await new Promise(setImmediate)
    }
    const log = client.sentAt.get(client.id)
    log.push([to, performance.now()])
    if (log.length > 400) log.splice(0, 200)
    client.ws.send(bytes)
  }
}

const used = process.cpuUsage()
const started = performance.now()
await Promise.all(clients.map(type))
await Promise.race([all, wait(120_000).then(() => { console.error(`${left} are not level`); process.exit(1) })])
const seconds = (performance.now() - started) / 1000
const cpu = process.cpuUsage(used)
lags.sort((a, b) => a - b)
const at = (share) => lags[Math.floor(lags.length * share)] ?? 0
console.log(JSON.stringify({ seconds, updates: updates * clients.length, p50: at(0.5), p99: at(0.99),
  load_cpu: (cpu.user + cpu.system) / 1e6 }))
process.exit(0)
