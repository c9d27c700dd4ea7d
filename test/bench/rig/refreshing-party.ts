import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Clock,
  createMemoryStore,
  createRelyingParty,
  type Http,
  type RelyingParty,
} from '@oauth-concierge/core'

/** A token endpoint without socket and signature. */
export type TokenEndpoint = { http: Http; requests: () => number }

/** A relying party whose access token has always just ended, and what its server saw. */
export type RefreshingParty = {
  relyingParty: RelyingParty
  /** Lets the access token end. */
  expire: () => void
  tokenRequests: () => number
}

const issuer = 'https://id.example.com'
const lifetime = 3600

/** @param delay how long it thinks, in ms */
export function createTokenEndpoint(delay?: number): TokenEndpoint {
  let requests = 0
  const http: Http = async () => {
    requests += 1
    if (delay !== undefined) await sleep(delay)
    return Response.json({
      access_token: `access-${requests}`.padEnd(900, 'x'),
      refresh_token: `refresh-${requests}`.padEnd(900, 'x'),
      token_type: 'Bearer',
      expires_in: lifetime,
      scope: 'orders',
    })
  }
  return { http, requests: () => requests }
}

/** What is left when neither socket nor signature costs anything is what the SDK does. */
export async function createRefreshingParty({ http, requests }: TokenEndpoint): Promise<RefreshingParty> {
  let now = Date.now()
  const clock: Clock = {
    wallTime: () => now,
    monotonicTime: () => now,
    sleep: (duration, signal) => sleep(duration, undefined, { signal }),
  }
  const relyingParty = createRelyingParty({
    issuer,
    clientId: 'bench',
    metadata: {
      authorization_endpoint: `${issuer}/authorize`,
      token_endpoint: `${issuer}/token`,
    },
    scope: 'orders',
    transactions: createMemoryStore(),
    vault: createMemoryStore(),
    runtime: { clock, http },
  })
  const { state } = await relyingParty.startLogin({ redirectUri: 'https://app.example.com/' })
  await relyingParty.finishLogin(new URLSearchParams({ code: 'code', state }))
  return {
    relyingParty,
    expire: () => {
      now += lifetime * 1000
    },
    tokenRequests: requests,
  }
}
