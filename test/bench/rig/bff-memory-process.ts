import { createBff, memory, type SessionStore } from '@oauth-concierge/bff'
import { clientSecretPost } from '@oauth-concierge/core'
import { createAuthorizationServer } from './authorization-server.ts'
import { client } from './proxies.ts'

/** Megabytes of heap, and what one session of them holds in characters. */
export type MemoryReport = { stored: number; atHand: number; characters: number }

// Memory is read in a process of its own: garbage of another measurement would falsify it.
const [stored = '0', atHand = '0'] = process.argv.slice(2)
const authorizationServer = await createAuthorizationServer()
const origin = 'https://app.example'

function createBench(sessions: SessionStore) {
  return createBff({
    issuer: 'https://id.example',
    clientId: client.clientId,
    clientAuthentication: clientSecretPost(client.clientSecret),
    origin,
    sessions,
    runtime: { http: (url, init) => authorizationServer(new Request(url, init)) },
  })
}

/** Logs in and gives the cookie. */
async function logIn(bff: ReturnType<typeof createBench>): Promise<string> {
  const started = await bff.fetch(new Request(`${origin}/auth/login`))
  const cookie = started.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const answer = await authorizationServer(new Request(started.headers.get('location') ?? ''))
  const callback = new Request(answer.headers.get('location') ?? '', { headers: { cookie } })
  const done = await bff.fetch(callback)
  return done.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

/** What was given up is cleaned away in turns of its own. */
async function heap(): Promise<number> {
  for (let round = 0; round < 6; round += 1) {
    global.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return process.memoryUsage().heapUsed
}

/** Every string of a session of its own, as tokens are. */
function copyOf(text: string, at: number): unknown {
  return JSON.parse(text.replaceAll('eyJ', `e${String(at).padStart(6, '0')}`))
}

async function measureStored(count: number): Promise<Pick<MemoryReport, 'stored' | 'characters'>> {
  const written: unknown[] = []
  const source = memory()
  const write: SessionStore['write'] = (key, value, options) => {
    if (key.startsWith('session:')) written.push(value)
    return source.write(key, value, options)
  }
  await logIn(createBench({ ...source, write }))
  const text = JSON.stringify(written[0])
  const store = memory()
  const before = await heap()
  const expiresAt = Date.now() / 1000 + 3_600
  for (let at = 0; at < count; at += 1) {
    const key = `session:${String(at).padStart(43, '0')}`
    await store.write(key, copyOf(text, at), { expiresAt, indexes: [`sub ${at}`, `sid ${at}`] })
  }
  const after = await heap()
  if (!(await store.look(`session:${'0'.repeat(43)}`))) throw new Error('no session')
  return { stored: (after - before) / 1e6, characters: text.length }
}

async function visit(bff: ReturnType<typeof createBench>, cookie: string): Promise<void> {
  const headers = { cookie, 'x-concierge': '1' }
  const answer = await bff.fetch(new Request(`${origin}/auth/session`, { headers }))
  if (!(await answer.text()).includes('authenticated')) throw new Error('no session')
}

/** Beyond what is stored: the session machine of each session that came by. */
async function measureAtHand(count: number): Promise<number> {
  const bff = createBench(memory())
  const cookies: string[] = []
  for (let at = 0; at < count; at += 1) cookies.push(await logIn(bff))
  // What is made once, at the first visit, is not counted.
  await visit(bff, await logIn(bff))
  const before = await heap()
  for (const cookie of cookies) await visit(bff, cookie)
  return ((await heap()) - before) / 1e6
}

process.send?.({
  ...(await measureStored(Number(stored))),
  atHand: await measureAtHand(Number(atHand)),
} satisfies MemoryReport)
process.disconnect()
