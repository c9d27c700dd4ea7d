import { createMemoryStore, createRelyingParty } from '@oauth-concierge/core'
import { importFromPeers } from '../peers.ts'
import { createAuthorizationServer } from './authorization-server.ts'

type Given = { issuer: string; clientId: string; accessToken: string }
type TokenSource = (given: Given) => Promise<() => Promise<string>>

export const ours = '@oauth-concierge/core'
export const floor = 'floor: a closure with an expiry check'
const hour = 3600

/** By name of contestant: makes a `getAccessToken` for Node that has `accessToken` cached for an hour. */
export async function loadTokenSources(): Promise<Record<string, TokenSource>> {
  const { peers } = await importFromPeers<{ peers: Record<string, TokenSource> }>('tokens.js')
  return { [ours]: concierge, [floor]: closure, ...peers }
}

/** Logs in for real, at an authorization server in this process, so nothing here knows how a session is stored. */
async function concierge({ issuer, clientId }: Given): Promise<() => Promise<string>> {
  const answer = await createAuthorizationServer()
  const relyingParty = createRelyingParty({
    issuer,
    clientId,
    transactions: createMemoryStore(),
    vault: createMemoryStore(),
    runtime: { http: (url, init) => answer(new Request(url, init)) },
  })
  const { url } = await relyingParty.startLogin({ redirectUri: 'https://app.example.com/' })
  const { headers } = await answer(new Request(url))
  await relyingParty.finishLogin(new URL(headers.get('location') ?? '').searchParams)
  return () => relyingParty.getAccessToken()
}

async function closure({ accessToken }: Given): Promise<() => Promise<string>> {
  const expiresAt = Date.now() + hour * 1000
  return async () => {
    if (Date.now() > expiresAt) throw new Error('expired')
    return accessToken
  }
}
