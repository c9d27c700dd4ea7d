import { createPrivateKey, sign } from 'node:crypto'
import { Agent, request } from 'node:http'
import {
  createTokenCache,
  privateKeyJwt,
  serviceAccount,
  type ServiceAccountOptions,
} from '@oauth-concierge/service-account/node'
import { importFromPeers } from '../peers.ts'

/** What a contestant is told. */
export type Given = { tokenEndpoint: string; rsa: string; ec: string }
/** Makes one exchange: a new assertion for a new token. */
export type Exchange = () => Promise<unknown>
export type Exchanger = (given: Given) => Promise<Exchange>

type Post = (url: string, body: string) => Promise<{ access_token: string }>

export const limit = 'LIMIT: threadpool sign + undici.request'
export const ours = '@oauth-concierge/service-account'

/** By name of contestant. */
export async function loadExchangers(): Promise<Record<string, Exchanger>> {
  const { exchangers, postByUndici } = await importFromPeers<{
    exchangers: Record<string, Exchanger>
    postByUndici: Post
  }>('exchanges.js')
  return {
    [limit]: byHand(postByUndici),
    'threadpool sign + node:http': byHand(postByNodeHttp),
    'threadpool sign + global fetch': byHand(postByFetch),
    [ours]: jwtBearer(({ rsa }) => rsa),
    [`${ours}, fetch injected`]: jwtBearer(({ rsa }) => rsa, {
      runtime: { http: (url, init) => fetch(url, init) },
    }),
    [`${ours}, ES256`]: jwtBearer(({ ec }) => ec),
    [`${ours}, private_key_jwt`]: byClientAssertion,
    ...exchangers,
  }
}

/** Each exchange is for another scope, so that none finds a token in the cache. */
function jwtBearer(keyOf: (given: Given) => string, options: ServiceAccountOptions = {}): Exchanger {
  return async (given) => {
    const file = {
      type: 'service_account',
      client_email: 'bench@example.com',
      private_key_id: 'key-1',
      private_key: keyOf(given),
      token_uri: given.tokenEndpoint,
    }
    const account = await serviceAccount(file, { ...options, cache: createTokenCache({ maxEntries: 1000 }) })
    let count = 0
    return () => account.for({ scope: `orders.${(count += 1)}` }).getAccessToken()
  }
}

const byClientAssertion: Exchanger = async ({ tokenEndpoint, rsa }) => {
  const issuer = new URL(tokenEndpoint).origin
  const options = {
    issuer,
    metadata: { token_endpoint: tokenEndpoint },
    clientId: 'bench',
    key: rsa,
    keyId: 'key-1',
  }
  const source = await privateKeyJwt({ ...options, cache: createTokenCache({ maxEntries: 1000 }) })
  let count = 0
  return () => source.for({ scope: `orders.${(count += 1)}` }).getAccessToken()
}

/** No more than the job: no checks, no errors, no deadline. */
function byHand(post: Post): Exchanger {
  return async ({ tokenEndpoint, rsa }) => {
    const key = createPrivateKey(rsa)
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
    const header = encode({ alg: 'RS256', typ: 'JWT', kid: 'key-1' })
    return async () => {
      const now = Math.floor(Date.now() / 1000)
      const claims = {
        iss: 'bench@example.com',
        aud: tokenEndpoint,
        scope: 'orders',
        iat: now - 10,
        exp: now + 290,
        jti: crypto.randomUUID(),
      }
      const input = `${header}.${encode(claims)}`
      const signature = await new Promise<Buffer>((resolve, reject) => {
        sign('sha256', Buffer.from(input), key, (error, bytes) => (error ? reject(error) : resolve(bytes)))
      })
      const body = `grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=${input}.${signature.toString('base64url')}`
      const { access_token: token } = await post(tokenEndpoint, body)
      return token
    }
  }
}

const form = 'application/x-www-form-urlencoded'
const agent = new Agent({ keepAlive: true })

const postByNodeHttp: Post = (url, body) =>
  new Promise((resolve, reject) => {
    const headers = { 'content-type': form, 'content-length': String(Buffer.byteLength(body)) }
    const asked = request(url, { method: 'POST', agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        resolve(JSON.parse(Buffer.concat(chunks).toString()) as { access_token: string }),
      )
    })
    asked.on('error', reject).end(body)
  })

const postByFetch: Post = async (url, body) => {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': form }, body })
  return (await response.json()) as { access_token: string }
}
