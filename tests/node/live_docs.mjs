// Runs the lines of docs/live-editing.md as they stand there. Reads {code, host, token, proposalId, sectionId, type,
// until} as JSON from standard input; then types as a person would, and prints what the editor shows in the end.
import { writeFileSync, rmSync } from 'node:fs'
import { JSDOM } from 'jsdom'

const dom = new JSDOM('<!doctype html><body><div id="editor"></div></body>')
for (const name of ['window', 'document', 'Node', 'Element', 'HTMLElement', 'MutationObserver', 'DOMParser', 'getSelection'])
  globalThis[name] ??= name === 'window' ? dom.window : dom.window[name]
Object.defineProperty(globalThis, 'navigator', { value: dom.window.navigator, configurable: true })
globalThis.requestAnimationFrame ??= (callback) => setTimeout(callback, 0)
globalThis.cancelAnimationFrame ??= clearTimeout
globalThis.innerHeight ??= 800

let input = ''
for await (const piece of process.stdin) input += piece
const { code, type, until, ...given } = JSON.parse(input)
Object.assign(globalThis, given)

const file = new URL(`./.docs-${process.pid}.mjs`, import.meta.url)
writeFileSync(file, `${code}\nexport { editor, provider }\n`)
try {
  const { editor, provider } = await import(file)
  while (!provider.synced) await new Promise((resolve) => setTimeout(resolve, 20))
  editor.commands.insertContent(type)
  const end = Date.now() + 20_000
  while (!editor.getText().includes(until) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
  // the connection drops, and the lines see to it that it comes back
  provider.ws.close()
  while (!(provider.wsconnected && provider.synced) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20))
  editor.commands.insertContentAt(1, 'Yn ôl. ')
  await new Promise((resolve) => setTimeout(resolve, 500))
  console.log(JSON.stringify({ text: editor.getText(), connected: provider.wsconnected }))
} finally {
  rmSync(file, { force: true })
}
process.exit(0)
