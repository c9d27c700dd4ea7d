import { createMemoryStore, createRelyingParty, type Http, type RelyingParty } from '@oauth-concierge/core'
import { createReferenceServer, type ReferenceServer } from '@oauth-concierge/reference-server'
import { beforeEach, describe, expect, it } from 'vitest'
import { createStandardVisit, issuer } from './standard-visit.ts'

const honest = 'https://honest.example'
const evil = 'https://evil.example'

let servers: Readonly<Record<string, ReferenceServer>>
let sentTo: string[]
let parties: Readonly<Record<string, RelyingParty>>

/** One application that trusts two servers, with one redirect URI and one store for both. */
beforeEach(() => {
  const clients = [{ clientId: 'app', redirectUris: ['https://app.example/callback'] }]
  servers = Object.fromEntries(
    [honest, evil].map((issuer) => [issuer, createReferenceServer({ issuer, clients })]),
  )
  sentTo = []
  const http: Http = async (url, init) => {
    if (String(init.body).includes('code=')) sentTo.push(new URL(url).origin)
    return servers[new URL(url).origin]?.fetch(new Request(url, init)) ?? Promise.reject(new TypeError('x'))
  }
  const stores = { transactions: createMemoryStore(), vault: createMemoryStore() }
  parties = Object.fromEntries(
    [honest, evil].map((issuer) => [
      issuer,
      createRelyingParty({ issuer, clientId: 'app', ...stores, runtime: { http } }),
    ]),
  )
})

async function visit(issuer: string): Promise<URLSearchParams> {
  const { url = '' } =
    (await parties[issuer]?.startLogin({ redirectUri: 'https://app.example/callback' })) ?? {}
  return (await servers[issuer]?.signIn({ url }))?.searchParams ?? new URLSearchParams()
}

describe('two authorization servers', () => {
  it('X02: the code of one is not sent to the other, whoever takes the callback', async () => {
    const parameters = await visit(honest)
    await expect(parties[evil]?.finishLogin(parameters)).rejects.toMatchObject({ name: 'ProtocolError' })
    expect(sentTo).toEqual([])
    await expect(parties[honest]?.finishLogin(parameters)).resolves.toEqual({})
    expect(sentTo).toEqual([honest])
  })

  it('X02: a callback that the other server made for this login is refused', async () => {
    const mine = await visit(honest)
    const theirs = await visit(evil)
    theirs.set('state', mine.get('state') ?? '')
    await expect(parties[honest]?.finishLogin(theirs)).rejects.toMatchObject({
      code: 'callback_issuer_mismatch',
    })
    expect(sentTo).toEqual([])
  })

  it('A02: the callback of another user agent is no login here', async () => {
    const stranger = createRelyingParty({
      issuer: honest,
      clientId: 'app',
      transactions: createMemoryStore(),
      vault: createMemoryStore(),
      runtime: {
        http: async (url, init) => servers[honest]?.fetch(new Request(url, init)) ?? Response.error(),
      },
    })
    await expect(stranger.finishLogin(await visit(honest))).rejects.toMatchObject({
      code: 'callback_state_unknown',
    })
    expect(stranger.session.status).not.toBe('authenticated')
  })
})

describe('the metadata of a login', () => {
  it('X04: stays what it was at the start, though the document has changed since', async () => {
    const { again, server, asked, strike, visitServer } = createStandardVisit()
    const parameters = await visitServer()
    strike('discovery.foreign_token_endpoint')
    const reloaded = again()
    await reloaded.finishLogin(parameters)
    expect(asked.filter((url) => !url.startsWith(issuer))).toEqual([])
    expect(server.ledger.count({ endpoint: 'discovery' })).toBe(1)
  })

  it('X05: the redirect URI is sent twice, to the letter', async () => {
    const { relyingParty, server, logIn } = createStandardVisit()
    await logIn()
    expect(relyingParty.session.status).toBe('authenticated')
    const [request] = server.ledger.select({ endpoint: 'authorize' })
    const [exchange] = server.ledger.select({ endpoint: 'token' })
    expect(request?.parameters['redirect_uri']).toBe('https://app.example/callback')
    expect(exchange?.parameters['redirect_uri']).toBe('https://app.example/callback')
  })
})
