import { ProtocolError, TransportError } from '../errors.ts'
import { epochSeconds, type EpochSeconds } from '../ports/clock.ts'
import { boundedRequest } from '../ports/bounded-request.ts'
import type { Client } from './client.ts'
import { fitsAlgorithm, isSoundPublicKey, type PublicJwk } from './jwk-policy.ts'

/** The header of a JWS, as far as it selects a key. */
export interface JwsHeader {
  readonly alg: string
  readonly kid?: string
}

/** The keys of one authorization server. */
export interface KeySet {
  /** Starts to fetch the keys if there are none yet, so that they are there when a token is. Never rejects. */
  prefetch(url: string): void
  /**
   * The keys that may have signed a JWS with this header: one where the header has a `kid`, else at most five.
   * @throws ProtocolError `key_not_found`, `key_set_malformed`; TransportError
   */
  keysFor(url: string, header: JwsHeader): Promise<readonly PublicJwk[]>
}

const freshFor = 600
const usableFor = 86_400
const burst = 3
const refillEvery = 30
const mostCandidates = 5
const mostKeys = 100

interface Fetched {
  readonly url: string
  readonly keys: readonly PublicJwk[]
  readonly at: EpochSeconds
}

/**
 * Keeps the key set of `client`'s issuer: fresh for 10 minutes; an unknown key forces a new fetch, three at once
 * and one each 30 seconds after that; while the server is down the last set serves for up to a day.
 */
export function createKeySet(client: Client): KeySet {
  const { clock } = client.runtime
  let fetched: Fetched | undefined
  let pending: Promise<Fetched> | undefined
  let credit = burst
  let creditAt = epochSeconds(clock)

  const refetch = (url: string): Promise<Fetched> => {
    pending ??= requestKeySet(client, url)
      .then((keys) => (fetched = { url, keys, at: epochSeconds(clock) }))
      .finally(() => (pending = undefined))
    return pending
  }

  const takeCredit = (): boolean => {
    const now = epochSeconds(clock)
    credit = Math.min(burst, credit + Math.max(0, now - creditAt) / refillEvery)
    creditAt = now
    if (credit < 1) return false
    credit -= 1
    return true
  }

  const current = async (url: string): Promise<Fetched> => {
    const age = fetched?.url === url ? epochSeconds(clock) - fetched.at : Infinity
    if (fetched && age < freshFor) return fetched
    return refetch(url).catch((error: unknown) => {
      if (fetched && age < usableFor && error instanceof TransportError) return fetched
      throw error
    })
  }

  return {
    prefetch: (url) => void current(url).catch(() => undefined),
    keysFor: async (url, header) => {
      const known = candidates((await current(url)).keys, header)
      if (known.length > 0) return known
      const found = pending || takeCredit() ? candidates((await refetch(url)).keys, header) : []
      if (found.length > 0) return found
      throw new ProtocolError(
        'key_not_found',
        `${url} has no sound key, or more than one of that name, for a token signed with ${header.alg.slice(0, 20)}.`,
      )
    },
  }
}

async function requestKeySet(client: Client, url: string): Promise<readonly PublicJwk[]> {
  const init = { headers: { accept: 'application/json, application/jwk-set+json' } }
  const response = await boundedRequest(client.runtime, url, init, { maxBytes: 524_288 })
  const body: unknown = response.ok ? await response.json().catch(() => undefined) : undefined
  const { keys } = Object(body) as { keys?: unknown }
  if (!Array.isArray(keys) || keys.length > mostKeys) {
    throw new ProtocolError(
      'key_set_malformed',
      `${url} serves no JSON Web Key Set of at most ${mostKeys} keys.`,
    )
  }
  return keys.filter(isSoundPublicKey)
}

/** A `kid` that two fitting keys have names neither of them. */
function candidates(keys: readonly PublicJwk[], { alg, kid }: JwsHeader): readonly PublicJwk[] {
  const fitting = keys.filter((key) => (kid === undefined || key.kid === kid) && fitsAlgorithm(key, alg))
  return kid !== undefined && fitting.length > 1 ? [] : fitting.slice(0, mostCandidates)
}
