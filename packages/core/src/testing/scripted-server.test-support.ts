import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createMemoryStore } from '../ports/memory-store.ts'
import type { KeyValueStore } from '../ports/key-value-store.ts'
import type { Runtime } from '../ports/runtime.ts'
import {
  createRelyingParty,
  type RelyingParty,
  type RelyingPartyOptions,
} from '../relying-party/create-relying-party.ts'
import type { LoginOptions } from '../relying-party/login.ts'
import { createManualClock, type ManualClock } from './manual-clock.ts'
import { createScriptedHttp, json, type ScriptedHttp, type SeenRequest } from './scripted-http.ts'

export const issuer = 'https://id.example'
export const redirectUri = 'https://app.example/callback'

/** Every secret of these tests holds this word, so that a leak is found by looking for it. */
export const canary = 'canary'

/** An authorization server made of answers that a test can bend one by one. */
export interface ScriptedServer extends ScriptedHttp {
  readonly clock: ManualClock
  readonly runtime: Partial<Runtime>
  readonly vault: KeyValueStore
  readonly transactions: KeyValueStore
  /** Members that the next answers have other than usual; `undefined` leaves one out. */
  readonly bend: {
    metadata: Record<string, unknown>
    tokenResponse: Record<string, unknown>
    claims: Record<string, unknown>
    header: Record<string, unknown>
    callback: Record<string, string | undefined>
    /** Changes the signed token as text. */
    idToken: (token: string) => string
  }
  relyingParty(options?: Partial<RelyingPartyOptions>): RelyingParty
  /** Goes through the server's pages: gives the parameters of the callback. */
  visit(relyingParty: RelyingParty, login?: LoginOptions): Promise<URLSearchParams>
  /** A whole login. */
  logIn(relyingParty: RelyingParty, login?: LoginOptions): Promise<void>
  /** Signs with another key from now on; the key set shows `published`, which is the new key unless told otherwise. */
  useKey(kid: string, options?: { readonly publish?: boolean }): Promise<void>
  /** The keys that the server shows, as JWKs. */
  publishedKeys(): readonly Record<string, unknown>[]
  tokenRequests(): readonly SeenRequest[]
  /** Signs claims with the key of the ID tokens; `header` goes over the usual one. */
  sign(claims: Record<string, unknown>, header?: Record<string, unknown>): Promise<string>
}

export async function createScriptedServer(): Promise<ScriptedServer> {
  const clock = createManualClock()
  const network = createScriptedHttp()
  const stores = { vault: createMemoryStore(), transactions: createMemoryStore() }
  const bend: ScriptedServer['bend'] = {
    metadata: {},
    tokenResponse: {},
    claims: {},
    header: {},
    callback: {},
    idToken: (token) => token,
  }
  let key = await generateKeyPair('ES256')
  let kid = 'key-1'
  let published: Record<string, unknown>[] = []
  let nonce: string | null = null
  let issued = 0

  const publish = async (): Promise<void> => {
    published = [{ ...(await exportJWK(key.publicKey)), kid, alg: 'ES256', use: 'sig' }]
  }
  await publish()

  const sign = (claims: Record<string, unknown>, header: Record<string, unknown> = {}): Promise<string> =>
    new SignJWT(withoutUndefined(claims))
      .setProtectedHeader({ alg: 'ES256', kid, ...header })
      .sign(key.privateKey)

  const signIdToken = async (): Promise<string> => {
    const now = Math.floor(clock.wallTime() / 1000)
    const claims = {
      iss: issuer,
      aud: 'spa',
      sub: 'ada',
      iat: now,
      exp: now + 3_600,
      ...(nonce !== null && { nonce }),
      ...bend.claims,
    }
    return bend.idToken(await sign(claims, bend.header))
  }

  network.on(`${issuer}/.well-known/openid-configuration`, () =>
    json(
      withoutUndefined({
        issuer,
        authorization_endpoint: `${issuer}/authorize`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/jwks`,
        userinfo_endpoint: `${issuer}/userinfo`,
        revocation_endpoint: `${issuer}/revoke`,
        end_session_endpoint: `${issuer}/logout`,
        authorization_response_iss_parameter_supported: true,
        id_token_signing_alg_values_supported: ['ES256'],
        ...bend.metadata,
      }),
    ),
  )
  network.on(`${issuer}/jwks`, () => json({ keys: published }))
  network.on(`${issuer}/revoke`, () => new Response(null, { status: 200 }))
  network.on(`${issuer}/userinfo`, () => json({ sub: 'ada', name: 'Ada' }))
  network.on(`${issuer}/token`, async ({ body }) => {
    if (new URLSearchParams(body).get('grant_type') === 'refresh_token') nonce = null
    issued += 1
    return json(
      withoutUndefined({
        access_token: `${canary}-access-${issued}`,
        token_type: 'Bearer',
        expires_in: 3_600,
        refresh_token: `${canary}-refresh-${issued}`,
        id_token: await signIdToken(),
        ...bend.tokenResponse,
      }),
    )
  })

  const runtime = { clock, http: network.http }
  const server: ScriptedServer = {
    ...network,
    ...stores,
    clock,
    runtime,
    bend,
    relyingParty: (options) =>
      createRelyingParty({
        issuer,
        clientId: 'spa',
        ...stores,
        ...options,
        runtime: { ...runtime, ...options?.runtime },
      }),
    visit: async (relyingParty, login) => {
      const { url, state } = await relyingParty.startLogin({ ...login, redirectUri })
      nonce = new URL(url).searchParams.get('nonce')
      const answer = { code: `${canary}-code`, state, iss: issuer, ...bend.callback }
      return new URLSearchParams(withoutUndefined(answer) as Record<string, string>)
    },
    logIn: async (relyingParty, login) =>
      void (await relyingParty.finishLogin(await server.visit(relyingParty, login))),
    useKey: async (newKid, options) => {
      key = await generateKeyPair('ES256')
      kid = newKid
      if (options?.publish !== false) await publish()
    },
    publishedKeys: () => published,
    sign,
    tokenRequests: () => network.requests.filter(({ url }) => url === `${issuer}/token`),
  }
  return server
}

function withoutUndefined(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))
}
