import { generateKeyPairSync } from 'node:crypto'
import { clientCredentials, createTokenCache } from '@oauth-concierge/service-account'
import { importFromPeers } from '../peers.ts'

/** Token sources over a network that answers at once with tokens of 900 characters, each another. */
export type MachineTokens = {
  /** A call for one of so many tokens. */
  get: (index: number) => Promise<string>
  /** Token requests so far. */
  requests: () => number
}
export type MakeMachineTokens = () => Promise<MachineTokens>

export const ours = '@oauth-concierge/service-account'
export const floor = 'floor: a Map and an expiry check'

/** By name of contestant. */
export async function loadMachineTokens(): Promise<Record<string, MakeMachineTokens>> {
  const { machineTokens } = await importFromPeers<{
    machineTokens: Record<string, (pem: string) => Promise<MachineTokens>>
  }>('machine-tokens.js')
  const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  }) as string
  const peers = Object.entries(machineTokens).map(([name, make]) => [name, () => make(pem)] as const)
  return { [ours]: concierge, [floor]: map, ...Object.fromEntries(peers) }
}

function createEndpoint(): { answer: () => Promise<Response>; requests: () => number } {
  let requests = 0
  const answer = async (): Promise<Response> => {
    requests += 1
    return Response.json({
      access_token: String(requests).padStart(900, 'x'),
      token_type: 'Bearer',
      expires_in: 3600,
    })
  }
  return { answer, requests: () => requests }
}

async function concierge(): Promise<MachineTokens> {
  const { answer, requests } = createEndpoint()
  const issuer = 'https://id.example.com'
  const source = clientCredentials({
    issuer,
    metadata: { token_endpoint: `${issuer}/token` },
    clientId: 'bench',
    clientSecret: 'secret',
    cache: createTokenCache({ maxEntries: 20_000 }),
    runtime: { http: answer },
  })
  return {
    get: (index) => (index === 0 ? source : source.for({ scope: `s${index}` })).getAccessToken(),
    requests,
  }
}

async function map(): Promise<MachineTokens> {
  const { answer, requests } = createEndpoint()
  const tokens = new Map<string, { token: string; expiresAt: number }>()
  const pending = new Map<string, Promise<string>>()
  const ask = async (key: string): Promise<string> => {
    const body = (await (await answer()).json()) as { access_token: string; expires_in: number }
    tokens.set(key, { token: body.access_token, expiresAt: Date.now() + body.expires_in * 1000 })
    pending.delete(key)
    return body.access_token
  }
  const get = async (index: number): Promise<string> => {
    const key = `s${index}`
    const known = tokens.get(key)
    if (known && Date.now() < known.expiresAt) return known.token
    const asked = pending.get(key) ?? ask(key)
    pending.set(key, asked)
    return asked
  }
  return { get, requests }
}
