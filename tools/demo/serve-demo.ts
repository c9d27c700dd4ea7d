import { createInterface } from 'node:readline'
import { type Demo, demoUser } from '../../examples/spa/server/start-demo.ts'
import type { DemoKind } from './demo-kind.ts'

const friendlyPorts = [4000, 4001, 4002] as const

/** Serves the demo until Ctrl-C, or until the terminal goes away. */
export async function serveDemo(kind: DemoKind): Promise<void> {
  const end = waitForEnd()
  const demo = await kind.start({ ports: friendlyPorts })
  const stopListening = listenToKeys(demo)
  console.log(describe(kind, demo))
  await end
  console.log('\n  Goodbye.')
  stopListening()
  await demo.close()
}

function describe(kind: DemoKind, demo: Demo): string {
  const { app, issuer, api } = demo
  const { username, password } = demoUser
  const behind = kind.behind(demo)
  return `
  Open           ${app.origin}
  User           ${username}
  Password       ${password}

  Behind it      ${issuer.origin}  authorization server
                 ${api.origin}  orders API${behind === undefined ? '' : `\n                 ${behind}`}${portNote([issuer, api, app])}

  Things to try
${kind
  .thingsToTry(demo)
  .map((thing) => `    · ${thing}`)
  .join('\n')}

  Ctrl-C ends everything.
`
}

function portNote(doors: readonly { readonly origin: string }[]): string {
  const taken = doors.some(({ origin }, index) => !origin.endsWith(`:${friendlyPorts[index]}`))
  return taken
    ? `\n                 (${friendlyPorts.join(', ')} were not all free, so other ports serve)`
    : ''
}

/** `s` and Enter stop the authorization server and start it again. */
function listenToKeys({ issuer }: Demo): () => void {
  const lines = createInterface({ input: process.stdin })
  let isUp = true
  lines.on('line', (line) => {
    if (line.trim() !== 's') return
    isUp = !isUp
    void (isUp ? issuer.open() : issuer.shut())
    console.log(`  The authorization server is ${isUp ? 'up again' : 'down'}.`)
  })
  return () => lines.close()
}

function waitForEnd(): Promise<unknown> {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  return new Promise((resolve) => signals.forEach((signal) => process.once(signal, resolve)))
}
