import { rename, writeFile } from 'node:fs/promises'
import { createReferenceServer, type ReferenceServer } from '@oauth-concierge/reference-server'
import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK } from 'jose'
import { createOrdersApi } from './orders-api.ts'

type Handler = (request: Request) => Promise<Response>

/** Where things are, and what the time really is. */
export interface WorldOptions {
  readonly issuer: string
  readonly api: string
  /** Where the worker's key is written. */
  readonly keyFile: string
  /** In seconds since 1970. The worker's machine may believe something else. */
  readonly now: () => number
  /** In seconds. */
  readonly accessTokenLifetime: number
}

/** What surrounds a worker: an authorization server, an API, a key file; and what happens to them. */
export interface World {
  readonly authorizationServer: Handler
  readonly api: Handler
  /** Puts a new key into the file. Soon after, the server refuses the old one. */
  rotateKey(): Promise<void>
  /** The server starts anew and remembers nothing but its configuration. */
  restart(): void
  /** The server signs with another key from now on, so that the API refuses every token issued before. */
  withdrawSigningKey(): Promise<void>
  /** Keys that a token was got with, by their `kid`. */
  usedKeys(): readonly string[]
}

const account = 'worker'

interface PrivateKey {
  readonly kid: string
  readonly privateJwk: JWK
  readonly publicJwk: JWK
}

/** Makes the world, with a first key in the file. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { now } = options
  let signingKey = await makeKey('server-1')
  let accountKeys = [await makeKey('worker-1')]
  let server = startServer(options, signingKey, accountKeys)
  const usedKeys = new Set<string>()
  const restart = (): void => void (server = startServer(options, signingKey, accountKeys))

  await Promise.all(accountKeys.map((key) => publish(key, options)))
  return {
    authorizationServer: async (request) => {
      const kid = await kidOfAssertion(request.clone())
      const response = await server.fetch(request)
      if (response.ok && kid !== undefined) usedKeys.add(kid)
      return withDate(response, now())
    },
    api: createOrdersApi({ ...options, key: () => signingKey.publicJwk }),
    restart,
    rotateKey: async () => {
      const next = await makeKey(`worker-${Number(accountKeys[0]?.kid.split('-')[1]) + 1}`)
      accountKeys = [...accountKeys, next]
      restart()
      await publish(next, options)
      accountKeys = [next]
      restart()
    },
    withdrawSigningKey: async () => {
      signingKey = await makeKey(`server-${Number(signingKey.kid.split('-')[1]) + 1}`)
      restart()
    },
    usedKeys: () => [...usedKeys],
  }
}

function startServer(
  { issuer, api, now, accessTokenLifetime }: WorldOptions,
  signingKey: PrivateKey,
  accountKeys: readonly PrivateKey[],
): ReferenceServer {
  const worker = {
    clientId: account,
    audience: api,
    serviceAccount: {},
    jwks: { keys: accountKeys.map(({ publicJwk }) => publicJwk) },
  }
  return createReferenceServer({
    issuer,
    clock: now,
    keys: [signingKey.privateJwk],
    clients: [worker],
    scopes: { 'orders.read': 'See orders' },
    lifetimes: { accessToken: accessTokenLifetime },
  })
}

/** Replaces the file in one step, so that nobody reads half a key. */
async function publish({ privateJwk }: PrivateKey, { issuer, keyFile }: WorldOptions): Promise<void> {
  const draft = `${keyFile}.new`
  await writeFile(draft, JSON.stringify({ issuer, client_id: account, jwk: privateJwk }), { mode: 0o600 })
  await rename(draft, keyFile)
}

async function kidOfAssertion(request: Request): Promise<string | undefined> {
  if (request.method !== 'POST') return undefined
  const assertion = new URLSearchParams(await request.text()).get('assertion')
  return assertion === null ? undefined : decodeProtectedHeader(assertion).kid
}

async function makeKey(kid: string): Promise<PrivateKey> {
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true })
  const names = { kid, alg: 'ES256', use: 'sig' }
  return {
    kid,
    privateJwk: { ...(await exportJWK(privateKey)), ...names },
    publicJwk: { ...(await exportJWK(publicKey)), ...names },
  }
}

/** The server says what its clock shows. */
function withDate(response: Response, now: number): Response {
  const headers = new Headers(response.headers)
  headers.set('date', new Date(now * 1000).toUTCString())
  return new Response(response.body, { status: response.status, headers })
}
