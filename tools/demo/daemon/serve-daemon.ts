import { type Demo, startDemo } from '../../../examples/daemon/server/start-demo.ts'
import { listenToKeys } from './listen-to-keys.ts'
import { createTicker } from './ticker.ts'

/** Runs the daemon until Ctrl-C. */
export async function serveDaemon(): Promise<void> {
  const demo = await startDemo()
  const ticker = createTicker()
  const end = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => end.abort())
  const { rotateKey, switchServer, withdrawTokens, shiftClock } = demo.deeds
  const keys = listenToKeys(
    { r: rotateKey, s: switchServer, w: withdrawTokens, c: shiftClock, q: async () => end.abort() },
    ticker.say,
  )
  console.log(introduction(demo))
  try {
    await demo.run((call) => ticker.tick(call, demo.situation()), end.signal)
    console.log('\n  Goodbye.')
  } finally {
    keys.close()
    await demo.close()
  }
}

function introduction({ keyFile, accessTokenLifetime }: Demo): string {
  return `
  The daemon's key  ${keyFile}
  A token lives for ${accessTokenLifetime} seconds and is renewed some 13 before its end.

  Press
    r   to put another key into the file
    s   to stop the authorization server, and again to start it (a token may have 7 seconds left)
    w   to have the API refuse every token issued so far (one is not replaced in its first 10 seconds)
    c   to set the machine's clock two hours ahead, and again to set it right
    q   or Ctrl-C to end
`
}
