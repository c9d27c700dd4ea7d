import { decodeJwt, decodeProtectedHeader } from 'jose'
import { createReferenceServer, type ReferenceServer } from '../create-reference-server.ts'
import type { DialectName, ReferenceServerOptions } from '../options.ts'
import { challengeOf, codeVerifier } from '../test-support.ts'

export const origin = 'https://as.example'
export const noon = 1_800_000_000
export const callback = 'http://127.0.0.1/callback'

type Changes = Readonly<Record<string, string | undefined>>

/** A server of a dialect with the clients and users it comes with, at a time that stands still. */
export function createDialectServer(
  dialect: DialectName,
  options: Partial<ReferenceServerOptions> = {},
): ReferenceServer {
  return createReferenceServer({ issuer: origin, dialect, clock: () => noon, seed: dialect, ...options })
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The body where it is JSON. */
  readonly body: Readonly<Record<string, unknown>>
}

/** Sends a request to a path and reads the answer as it is. */
export async function send(
  server: ReferenceServer,
  path: string,
  init: RequestInit = {},
): Promise<RawAnswer> {
  const response = await server.fetch(new Request(origin + path, { redirect: 'manual', ...init }))
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  const body = isJson ? JSON.parse(text) : {}
  return { status: response.status, headers: response.headers, text, body }
}

function toForm(form: Changes): URLSearchParams {
  const defined = Object.entries(form).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return new URLSearchParams(defined)
}

export function postForm(
  server: ReferenceServer,
  path: string,
  form: Changes,
  headers: HeadersInit = {},
): Promise<RawAnswer> {
  return send(server, path, { method: 'POST', body: toForm(form), headers })
}

export function postJson(
  server: ReferenceServer,
  path: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const all = { 'Content-Type': 'application/json', ...headers }
  return send(server, path, { method: 'POST', body: JSON.stringify(body), headers: all })
}

/** HTTP Basic, not form-encoded. */
export const basic = (clientId: string, secret: string): { Authorization: string } => ({
  Authorization: `Basic ${btoa(`${clientId}:${secret}`)}`,
})

export const bearer = (token: unknown): { Authorization: string } => ({ Authorization: `Bearer ${token}` })

/** An authorization URL at a path; `undefined` leaves a parameter out. */
export async function authorizationUrlAt(path: string, changes: Changes): Promise<URL> {
  const url = new URL(origin + path)
  url.search = toForm({
    redirect_uri: callback,
    response_type: 'code',
    scope: 'openid profile',
    state: 'st-1',
    nonce: 'no-1',
    code_challenge: await challengeOf(codeVerifier),
    code_challenge_method: 'S256',
    ...changes,
  }).toString()
  return url
}

/** The form that exchanges the code of an authorization response. */
export const codeFormOf = (response: URL, changes: Changes = {}): Changes => ({
  grant_type: 'authorization_code',
  code: response.searchParams.get('code') ?? undefined,
  redirect_uri: callback,
  code_verifier: codeVerifier,
  ...changes,
})

export function claimsOf(jwt: unknown): Readonly<Record<string, unknown>> {
  return decodeJwt(String(jwt))
}

export function headerOf(jwt: unknown): Readonly<Record<string, unknown>> {
  return decodeProtectedHeader(String(jwt))
}
