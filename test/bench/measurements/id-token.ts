import { createPublicKey, verify as verifySync } from 'node:crypto'
import { createTokenClient, type Http, requestClientCredentials } from '@oauth-concierge/core'
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose'
import { callFor } from '../call-for.ts'
import { median, medianRatio, type Sampled, sampleInRounds } from '../rounds.ts'
import { ratio, type Table } from '../table.ts'

const algorithms = ['RS256', 'ES256', 'EdDSA'] as const
const distinctTokens = 256
const rounds = 15
const milliseconds = 100
const issuer = 'https://id.example.com'
const clientId = 'bench'

type Algorithm = (typeof algorithms)[number]
type Signed = { jwk: JWK; key: CryptoKey; tokens: readonly string[]; now: number }

const raw = 'limit: node:crypto verify, signature only'
const webCrypto = 'WebCrypto verify, signature only'
const floor = 'floor: WebCrypto verify, JSON and claims'
const peer = 'jose 6.2.17: jwtVerify, local key set'
const inPlace = 'WebCrypto verify, signature only, after a request'
const ours = '@oauth-concierge/core'

/** What it costs to make claims of an ID token, beside the bare verification of its signature with the same key. */
export async function idToken(): Promise<Table[]> {
  const tables: Table[] = []
  for (const alg of algorithms) tables.push(await tableOf(alg))
  return tables
}

async function tableOf(alg: Algorithm): Promise<Table> {
  const signed = await sign(alg)
  const bare = 'ours without an ID token'
  const contestants: Sampled[] = [
    timed(raw, nodeVerifier(signed, alg)),
    timed(webCrypto, webCryptoVerifier(signed, alg)),
    timed(floor, floorValidator(signed, alg)),
    timed(peer, joseValidator(signed)),
    timed(bare, tokenRequest(signed, false)),
    timed(inPlace, inTurnWith(tokenRequest(signed, false), webCryptoVerifier(signed, alg))),
    timed(ours, tokenRequest(signed, true)),
  ]
  const samples = await sampleInRounds(contestants, rounds)
  const of = (name: string): readonly number[] => samples.get(name) ?? []
  // Ours is asked for by a whole token request: what the same request costs without an ID token is taken off.
  const beyondRequest = (name: string): readonly number[] =>
    of(name).map((value, round) => value - (of(bare)[round] ?? Number.NaN))
  return {
    title: `ID token ${alg}: from text to claims, Node ${process.versions.node}`,
    columns: ['contestant', 'CPU µs', 'raw WebCrypto ÷ this', 'the same after a request ÷ this'],
    rows: [
      ...[raw, webCrypto, floor, peer].map((name) => rowOf(name, of(name), [of(webCrypto)])),
      ...[inPlace, ours].map((name) =>
        rowOf(name, beyondRequest(name), [of(webCrypto), beyondRequest(inPlace)]),
      ),
    ],
    notes: [
      `${distinctTokens} tokens of one key, one after the other. Ours is the difference between a token request whose answer has an ID token and one whose answer has none: reading the form, choosing the key, verifying, checking the claims.`,
      'A verification on the thread pool costs more after a request than in a loop of its own. So it is there twice; the last column compares what is alike.',
    ],
  }
}

function rowOf(name: string, samples: readonly number[], bases: readonly (readonly number[])[]): string[] {
  return [name, median(samples).toFixed(1), ...bases.map((base) => ratio(medianRatio(base, samples)))]
}

function inTurnWith(first: () => Promise<unknown>, second: () => Promise<unknown>): () => Promise<unknown> {
  return async () => {
    await first()
    return second()
  }
}

/** Samples are microseconds of processor time a call, of all threads: WebCrypto has its own. */
function timed(name: string, call: () => Promise<unknown>): Sampled {
  return {
    name,
    sample: async () => {
      const before = process.cpuUsage()
      const { calls } = await callFor(call, milliseconds)
      const { user, system } = process.cpuUsage(before)
      return (user + system) / calls
    },
  }
}

async function sign(alg: Algorithm): Promise<Signed> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true })
  const now = Math.floor(Date.now() / 1000)
  const claims = { email: 'ada@example.com', email_verified: true, name: 'Ada Example', sid: 'x'.repeat(43) }
  const tokens = await Promise.all(
    Array.from({ length: distinctTokens }, (_, at) =>
      new SignJWT({ ...claims, auth_time: now })
        .setProtectedHeader({ alg, kid: 'key-1' })
        .setIssuer(issuer)
        .setAudience(clientId)
        .setSubject(`user-${at}`)
        .setIssuedAt(now)
        .setExpirationTime(now + 3_600)
        .sign(privateKey),
    ),
  )
  return {
    jwk: { ...(await exportJWK(publicKey)), kid: 'key-1', alg, use: 'sig' },
    key: publicKey,
    tokens,
    now,
  }
}

/** The tokens in turn, for ever. */
function inTurn<Item>(items: readonly Item[]): () => Item {
  let at = 0
  return () => {
    at = (at + 1) % items.length
    return items[at] as Item
  }
}

function split(token: string): { data: Buffer<ArrayBuffer>; signature: Buffer<ArrayBuffer> } {
  const dot = token.lastIndexOf('.')
  return { data: Buffer.from(token.slice(0, dot)), signature: Buffer.from(token.slice(dot + 1), 'base64url') }
}

const parameters = {
  RS256: { name: 'RSASSA-PKCS1-v1_5' },
  ES256: { name: 'ECDSA', hash: 'SHA-256' },
  EdDSA: { name: 'Ed25519' },
} as const

function nodeVerifier({ jwk, tokens }: Signed, alg: Algorithm): () => Promise<unknown> {
  const key = createPublicKey({ key: { ...jwk } as never, format: 'jwk' })
  const next = inTurn(tokens.map(split))
  return async () => {
    const { data, signature } = next()
    const options = { key, ...(alg === 'ES256' && { dsaEncoding: 'ieee-p1363' as const }) }
    if (!verifySync(alg === 'EdDSA' ? null : 'sha256', data, options, signature)) throw new Error('refused')
  }
}

function webCryptoVerifier({ key, tokens }: Signed, alg: Algorithm): () => Promise<unknown> {
  const next = inTurn(tokens.map(split))
  return async () => {
    const { data, signature } = next()
    if (!(await crypto.subtle.verify(parameters[alg], key, signature, data))) throw new Error('refused')
  }
}

function floorValidator({ key, tokens }: Signed, alg: Algorithm): () => Promise<unknown> {
  const next = inTurn(tokens)
  return async () => {
    const token = next()
    const { data, signature } = split(token)
    if (!(await crypto.subtle.verify(parameters[alg], key, signature, data))) throw new Error('refused')
    const [, payload = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>
    const isSound = claims['iss'] === issuer && claims['aud'] === clientId
    if (!isSound || Number(claims['exp']) < Date.now() / 1000) throw new Error('refused')
    return claims
  }
}

function joseValidator({ jwk, tokens }: Signed): () => Promise<unknown> {
  const keys = createLocalJWKSet({ keys: [jwk] })
  const next = inTurn(tokens)
  return () => jwtVerify(next(), keys, { issuer, audience: clientId })
}

/** A token request that is answered in the same process. */
function tokenRequest({ jwk, tokens }: Signed, hasIdToken: boolean): () => Promise<unknown> {
  const next = inTurn(tokens)
  const http: Http = async (url) => {
    if (url.endsWith('/jwks')) return Response.json({ keys: [jwk] })
    const answer = { access_token: 'access', token_type: 'Bearer', expires_in: 3_600 }
    return Response.json(hasIdToken ? { ...answer, id_token: next() } : answer)
  }
  const tokenClient = createTokenClient({
    issuer,
    clientId,
    metadata: { token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks` },
    runtime: { http },
  })
  return () => requestClientCredentials(tokenClient)
}
