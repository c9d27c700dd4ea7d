import { createHash } from 'node:crypto'
import { clientId, redirectUri, type StartedServer } from './test-servers.ts'

const verifier = 'a-verifier-of-at-least-forty-three-characters'
const challenge = createHash('sha256').update(verifier).digest('base64url')

/** A browser that clicks through whatever pages there are, and a client that exchanges the code. */
export type Exchanger = () => Promise<void>

type Metadata = { authorization_endpoint: string; token_endpoint: string }

/** Discovers the server and gives a function that logs in and gets tokens once. */
export async function createExchanger({ issuer, cookies = new Map() }: StartedServer): Promise<Exchanger> {
  const discovery = await fetch(`${issuer}/.well-known/openid-configuration`)
  const metadata = (await discovery.json()) as Metadata
  const jar = new Map(cookies)
  let count = 0
  return async () => {
    count += 1
    const address = await follow(jar, authorizationUrl(metadata, count))
    await exchange(metadata, address.searchParams.get('code') ?? '')
  }
}

function authorizationUrl(metadata: Metadata, count: number): URL {
  const url = new URL(metadata.authorization_endpoint)
  url.search = new URLSearchParams({
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'openid',
    state: `state-${count}`,
    nonce: `nonce-${count}`,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }).toString()
  return url
}

/** Goes on until the server leads back to the client. */
async function follow(jar: Map<string, string>, url: URL, body?: URLSearchParams): Promise<URL> {
  if (url.href.startsWith(redirectUri)) return url
  const headers = { Cookie: [...jar].map((pair) => pair.join('=')).join('; ') }
  const answer = await fetch(url, { redirect: 'manual', headers, ...(body && { method: 'POST', body }) })
  for (const line of answer.headers.getSetCookie()) {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
    jar.set(name, value)
  }
  const [location, page] = [answer.headers.get('location'), await answer.text()]
  if (location !== null) return follow(jar, new URL(location, url))
  const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1]
  if (!prompt) throw new Error(`a page without a way on: ${page.slice(0, 200)}`)
  return follow(jar, url, new URLSearchParams({ prompt, login: 'ada', password: 'password' }))
}

async function exchange(metadata: Metadata, code: string): Promise<void> {
  const form = { grant_type: 'authorization_code', client_id: clientId, code, redirect_uri: redirectUri }
  const body = new URLSearchParams({ ...form, code_verifier: verifier })
  const answer = await fetch(metadata.token_endpoint, { method: 'POST', body })
  const { access_token: token } = (await answer.json()) as { access_token?: string }
  if (!token) throw new Error(`no tokens: ${answer.status}`)
}
