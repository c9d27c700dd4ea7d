import { customFetch } from 'oauth4webapi'
import { ServerError, UsageError } from '../errors.ts'
import type { Seconds } from '../ports/clock.ts'
import type { KeyStore } from '../ports/key-store.ts'
import { createDpopKeyRing } from './dpop-key-ring.ts'
import type { DpopAlgorithm, DpopKey } from './dpop-proof.ts'
import { createDpopProver, type DpopProver } from './dpop-prover.ts'
import type { ApiCall, SenderConstraintFactory, SendOptions } from './sender-constraint.ts'
import { challengeOf } from './www-authenticate.ts'

/** How proofs of possession are made. */
export interface DpopOptions {
  /** Where the key is kept. It must live as long as the tokens do: a session whose key is gone is over. */
  readonly keys: KeyStore
  /** JWS algorithm of the proofs. Default `ES256`. */
  readonly algorithm?: DpopAlgorithm
}

/**
 * Binds the tokens to a key that cannot leave this device, and shows its possession with each request to the authorization server and to APIs.
 * The key is made at a login and erased at a logout. Nonces are kept per origin, the latest one is used. Proofs are dated by the server's clock,
 * as far as its answers tell it. In a browser, a server that demands nonces must expose the header `DPoP-Nonce` by CORS; better `Date` too.
 * @see RFC 9449
 */
export function dpop({ keys, algorithm = 'ES256' }: DpopOptions): SenderConstraintFactory {
  return ({ issuer, clientId, runtime }) => {
    const ring = createDpopKeyRing(keys, `concierge:dpop:${clientId}@${issuer}`, algorithm)
    const prover = createDpopProver(runtime.clock)
    return {
      begin: async ({ dpop_signing_alg_values_supported: offered }) => {
        if (offered && !offered.includes(algorithm))
          throw new UsageError('not_supported_by_server', `${issuer} takes no ${algorithm} proofs.`)
        return (await ring.prepare()).thumbprint
      },
      request: async ({ options, boundTo }, exchange) => {
        const key = await ring.find(boundTo)
        const before = prover.offset()
        const attempt = () => exchange(withProof(options, prover, key), key.thumbprint)
        return attempt().catch((error: unknown) => {
          if (mayPassNow(error, Math.abs(prover.offset() - before))) return attempt()
          throw error
        })
      },
      fetch: async (call) => sendToApi(call, prover, await ring.find(call.boundTo)),
      learnServerTime: prover.learnServerTime,
      forget: ring.forget,
    }
  }
}

/** The same options, but that each request they send carries a proof, and its access token the scheme that goes with one. */
function withProof<Options extends SendOptions>(options: Options, prover: DpopProver, key: DpopKey): Options {
  return {
    ...options,
    [customFetch]: async (url: string, init: object) => {
      const { method, headers } = init as { method: string; headers: Record<string, string> }
      const [, accessToken] = /^Bearer (.*)/.exec(headers['authorization'] ?? '') ?? []
      const authorization = accessToken && { authorization: `DPoP ${accessToken}` }
      const dpop = await prover.prove(key, method, url, accessToken)
      const response = await options[customFetch](url, {
        ...init,
        headers: { ...headers, ...authorization, dpop },
      })
      prover.learnNonce(url, response)
      prover.learnServerTime(Date.parse(response.headers.get('date') ?? '') / 1000)
      return response
    },
  }
}

const nonceDemand = 'use_dpop_nonce'
const worthAnotherProof: Seconds = 30

/** A refused proof left code and refresh token unspent. Another is worth sending when there is a nonce for it, or a better date. */
function mayPassNow(error: unknown, clockMovedBy: Seconds): boolean {
  const { error: code } = Object(error) as Partial<ServerError>
  return code === nonceDemand || (code === 'invalid_dpop_proof' && clockMovedBy > worthAnotherProof)
}

async function sendToApi(call: ApiCall, prover: DpopProver, key: DpopKey): Promise<Response> {
  const { accessToken, again, send } = call
  const attempt = async (request: Request): Promise<Response> => {
    const { headers, method, url } = request
    headers.set('authorization', `DPoP ${accessToken}`)
    headers.set('dpop', await prover.prove(key, method, url, accessToken))
    const response = await send(request)
    prover.learnNonce(url, response)
    return response
  }
  const response = await attempt(call.request)
  const copy = challengeOf(response, nonceDemand) && (await again())
  if (!copy) return response
  await response.body?.cancel()
  const last = await attempt(copy)
  if (!challengeOf(last, nonceDemand)) return last
  throw new ServerError('request_refused', 'The API demands a nonce again.', { error: nonceDemand })
}
