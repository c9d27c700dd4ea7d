import { createReferenceServer } from '@oauth-concierge/reference-server'
import { createTestServer } from '@oauth-concierge/reference-server/node'
import type { JWK } from 'jose'
import { importFromPeers } from '../peers.ts'

export const clientId = 'bench'
export const redirectUri = 'https://app.example.com/callback'

/** A server under test: where it is, and how it is asked. */
export type StartedServer = {
  issuer: string
  fetch?: (request: Request) => Promise<Response>
  /** Cookies of a browser in which the user is logged in; without them the driver logs in by the pages. */
  cookies?: ReadonlyMap<string, string>
  /** Called after each exchange. */
  goOn?: () => void
  close: () => unknown
}

type StartServer = (options: { key?: JWK; clientId: string; redirectUri: string }) => Promise<StartedServer>

const oursOn = (place: string): string => `@oauth-concierge/reference-server ${place}`
export const oursInProcess: string = oursOn('in process')
export const oursOnPort: string = oursOn('on a port')
export const oursForMonths: string = oursOn('on a port, an hour between exchanges')

function optionsFor(key: JWK | undefined) {
  const clients = [{ clientId, redirectUris: [redirectUri] }]
  return { clients, signingAlg: 'RS256' as const, ...(key && { keys: [key] }) }
}

async function inProcess(key: JWK | undefined): Promise<StartedServer> {
  const server = createReferenceServer({ issuer: 'https://as.example.com', ...optionsFor(key) })
  return { issuer: server.issuer, fetch: server.fetch, close: () => undefined }
}

async function onPort(key: JWK | undefined, secondsBetween: number = 0): Promise<StartedServer> {
  const session = 1_000_000_000
  const server = await createTestServer({ ...optionsFor(key), lifetimes: { session }, ledgerCapacity: 500 })
  const { name, value } = server.sessionCookie({ consentTo: clientId })
  return {
    issuer: server.issuer,
    cookies: new Map([[name, value]]),
    goOn: () => server.clock.advance(secondsBetween),
    close: server.close,
  }
}

/** Every server by name. Each call to the result starts one. */
export async function loadTestServers(): Promise<Record<string, StartServer>> {
  const { servers } = await importFromPeers<{ servers: Record<string, StartServer> }>('servers.js')
  return {
    [oursInProcess]: ({ key }) => inProcess(key),
    [oursOnPort]: ({ key }) => onPort(key),
    [oursForMonths]: ({ key }) => onPort(key, 3600),
    ...servers,
  }
}
