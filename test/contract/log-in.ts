import {
  createMemoryStore,
  createRelyingParty,
  type KeyValueStore,
  type RelyingParty,
  type RelyingPartyOptions,
} from '@oauth-concierge/core'
import { ada, contractClient, type ContractServer } from './servers/contract-server.ts'
import { completeLogin, type Person } from './servers/headless-browser.ts'

/** A relying party of the contract client, and its stores for a look inside. */
export interface Guest {
  readonly relyingParty: RelyingParty
  readonly vault: KeyValueStore
  readonly transactions: KeyValueStore
}

export function createGuest(server: ContractServer, options: Partial<RelyingPartyOptions> = {}): Guest {
  const vault = options.vault ?? createMemoryStore()
  const transactions = options.transactions ?? createMemoryStore()
  const { clientId, scope } = contractClient
  const runtime = { http: server.http, ...options.runtime }
  const relyingParty = createRelyingParty({
    issuer: server.issuer,
    clientId,
    scope,
    ...options,
    runtime,
    vault,
    transactions,
  })
  return { relyingParty, vault, transactions }
}

/** Goes to the server and back: gives the callback's parameters, not yet handed to the relying party. */
export async function visitServer(
  server: ContractServer,
  guest: Guest,
  person: Partial<Person> = {},
): Promise<URLSearchParams> {
  const { redirectUri } = contractClient
  const { url } = await guest.relyingParty.startLogin({ redirectUri, prompt: 'consent', returnTo: '/orders' })
  const back = await completeLogin(server.http, url, redirectUri, { ...ada, consent: 'allow', ...person })
  return back.searchParams
}

export async function logIn(server: ContractServer, guest: Guest): Promise<void> {
  await guest.relyingParty.finishLogin(await visitServer(server, guest))
}

/** What a thief has who copied the vault. */
export async function copyOf(server: ContractServer, { vault }: Guest): Promise<KeyValueStore> {
  const key = `concierge:tokens:${contractClient.clientId}@${server.issuer}`
  const copy = createMemoryStore()
  await copy.put(key, (await vault.get(key))?.value)
  return copy
}
