import { createInterface } from 'node:readline'
import { type Demo, demoUser, startDemo } from '../../examples/spa/server/start-demo.ts'

const friendlyPorts = [4000, 4001, 4002] as const

/** Serves the demo until Ctrl-C, or until the terminal goes away. */
export async function serveDemo(): Promise<void> {
  const end = waitForEnd()
  const demo = await startDemo({ ports: friendlyPorts })
  const stopListening = listenToKeys(demo)
  console.log(describe(demo))
  await end
  console.log('\n  Goodbye.')
  stopListening()
  await demo.close()
}

function describe({ app, issuer, api }: Demo): string {
  const { username, password } = demoUser
  return `
  Open           ${app.origin}
  User           ${username}
  Password       ${password}

  Behind it      ${issuer.origin}  authorization server
                 ${api.origin}  orders API${portNote([issuer, api, app])}

  Things to try
    · Log in with a wrong password first, then with the right one.
    · Press “Deny” on the consent page. It comes back with “Log in and review permissions”.
    · Watch the ticket run out (2 minutes), then ask for the orders: it is renewed by itself.
    · Reload the page: the tokens were in its memory, so you are logged out, and one click logs you in.
    · Open a second tab and log in there as well. Log out in one of them.
    · Open ${app.origin}/?code=forged&state=forged in another tab.
    · Press s and Enter here to stop the authorization server, and again to start it. Log in, refresh.

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
