import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import type { Runtime } from '@oauth-concierge/core'
import {
  createManualClock,
  createScriptedHttp,
  json,
  type ManualClock,
  type Script,
  type ScriptedHttp,
} from '@oauth-concierge/core/testing'
import { decodeJwt, decodeProtectedHeader, type JWTPayload, type ProtectedHeaderParameters } from 'jose'

/** Every secret of these tests holds this word, so that a leak is found by looking for it. */
export const canary = 'canary'

export const issuer = 'https://id.example'
export const tokenEndpoint = `${issuer}/token`

/** An authorization server that gives a token for whatever it is asked, unless told otherwise. */
export interface TestServer extends ScriptedHttp {
  readonly clock: ManualClock
  readonly runtime: Partial<Runtime>
  /** The forms of the token requests so far. */
  forms(): readonly URLSearchParams[]
  /** The assertions so far, whichever way they came. */
  assertions(): readonly { readonly header: ProtectedHeaderParameters; readonly claims: JWTPayload }[]
  /** Answers the next token requests with these, and after them as usual. */
  next(...scripts: readonly Script[]): void
  /** Answers every token request so. */
  always(script: Script): void
}

export function createTestServer(metadata: Record<string, unknown> = {}): TestServer {
  const network = createScriptedHttp()
  const clock = createManualClock()
  const queue: Script[] = []
  let issued = 0
  let usual: Script = () => {
    issued += 1
    return json({ access_token: `${canary}-token-${issued}`, token_type: 'Bearer', expires_in: 3_600 })
  }
  network.on(`${issuer}/.well-known/openid-configuration`, () =>
    json({ issuer, token_endpoint: tokenEndpoint, ...metadata }),
  )
  network.on(tokenEndpoint, (request) => (queue.shift() ?? usual)(request))
  const forms = (): readonly URLSearchParams[] =>
    network.requests.filter(({ url }) => url === tokenEndpoint).map(({ body }) => new URLSearchParams(body))
  return {
    ...network,
    clock,
    runtime: { clock, http: network.http, random: () => 0 },
    forms,
    assertions: () =>
      forms()
        .map((form) => form.get('assertion') ?? form.get('client_assertion') ?? '')
        .map((jwt) => ({ header: decodeProtectedHeader(jwt), claims: decodeJwt(jwt) })),
    next: (...scripts) => void queue.push(...scripts),
    always: (script) => {
      usual = script
    },
  }
}

/** A refusal of the token endpoint. */
export function refusal(error: string, init: ResponseInit = {}): Script {
  return () => json({ error, error_description: 'no' }, { status: 400, ...init })
}

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const otherRsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')

/** Made once for all tests: RSA keys take their time. */
export const keys: Readonly<
  Record<'rsa' | 'otherRsa' | 'ec' | 'ed', { readonly privateKey: KeyObject; readonly publicKey: KeyObject }>
> = {
  rsa,
  otherRsa,
  ec,
  ed,
}

export function pemOf(key: KeyObject, type: 'pkcs8' | 'pkcs1' | 'sec1' = 'pkcs8'): string {
  return key.export({ type: type as 'pkcs8', format: 'pem' }) as string
}

/** The file of a service account, in the shape that cloud vendors and others write. */
export function serviceAccountFile(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    type: 'service_account',
    project_id: 'project-1',
    private_key_id: 'key-1',
    private_key: pemOf(keys.rsa.privateKey, 'pkcs1'),
    client_email: 'sync@project-1.iam.example',
    client_id: '1234567890',
    auth_uri: `${issuer}/authorize`,
    token_uri: tokenEndpoint,
    ...changes,
  }
}

/** Lets everything that is under way and waits for nothing else come to its end. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
