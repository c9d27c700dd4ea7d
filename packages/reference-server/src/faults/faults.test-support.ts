import { createLocalJWKSet, errors, type JSONWebKeySet, compactVerify } from 'jose'
import type { ReferenceServer } from '../create-reference-server.ts'
import type { FaultName } from '../faults.ts'
import { createServer, getTokens, issuer } from '../test-support.ts'
import type { FaultOptions } from './exchange.ts'
import { type Jwt, readJwt } from './jwt.ts'

/** The time of the servers of these tests. */
export const now = 1_800_000_000

/** An answer as it came. */
export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

/** Anything that answers requests. */
export interface Answering {
  fetch(request: Request): Promise<Response>
}

/** Sends a request and reads the answer as it comes. */
export async function ask(server: Answering, path: string, init?: RequestInit): Promise<RawAnswer> {
  const answer = await server.fetch(new Request(issuer + path, init))
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

/** Sends a request and reads the answer as JSON. */
export async function askJson(
  server: Answering,
  path: string,
  init?: RequestInit,
): Promise<Readonly<Record<string, unknown>>> {
  return JSON.parse((await ask(server, path, init)).text) as Readonly<Record<string, unknown>>
}

/** A form as a request sends it. */
export function form(fields: Readonly<Record<string, string>>): RequestInit {
  return { method: 'POST', body: new URLSearchParams(fields) }
}

/** The server's key set. */
export async function keySetOf(server: Answering): Promise<JSONWebKeySet> {
  return (await askJson(server, '/jwks')) as unknown as JSONWebKeySet
}

/** Says whether a published key verifies the signature, whatever the claims are. */
export async function isSignedByServer(server: Answering, token: string | undefined): Promise<boolean> {
  const keys = createLocalJWKSet(await keySetOf(server))
  const [crit] = [readJwt(token ?? '')?.header['crit'] ?? []]
  const known = Object.fromEntries([crit].flat().map((name) => [String(name), true]))
  try {
    await compactVerify(token ?? '', keys, { crit: known })
    return true
  } catch (error) {
    if (error instanceof errors.JOSEError) return false
    throw error
  }
}

/** The parts of a token, as anybody can read them. */
export function partsOf(token: string | undefined): Jwt {
  const jwt = readJwt(token ?? '')
  if (!jwt) throw new Error('this is not a JWT')
  return jwt
}

/** A server with one fault on, and the token answer of a login there. */
export async function tokensWith(
  name: FaultName,
  options?: FaultOptions,
  request: Readonly<Record<string, string>> = {},
): Promise<{ readonly server: ReferenceServer; readonly tokens: Readonly<Record<string, string>> }> {
  const server = createServer()
  server.faults.on(name, options)
  return { server, tokens: await getTokens(server, request) }
}
