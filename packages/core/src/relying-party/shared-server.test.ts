import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from '../ports/memory-store.ts'
import { createScriptedServer, issuer, type ScriptedServer } from '../testing/scripted-server.test-support.ts'
import { scriptedTokenClient } from '../testing/token-client.test-support.ts'
import type { RelyingParty } from './create-relying-party.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

const asked = (path: string): number => server.requests.filter(({ url }) => url === `${issuer}${path}`).length

describe('relying parties that share what is known of the server', () => {
  it('ask for its metadata and keys once', async () => {
    const shared = scriptedTokenClient(server)
    const create = (): RelyingParty =>
      server.relyingParty({
        server: shared,
        vault: createMemoryStore(),
        transactions: createMemoryStore(),
      })
    for (const relyingParty of [create(), create(), create()]) await server.logIn(relyingParty)
    expect([asked('/.well-known/openid-configuration'), asked('/jwks')]).toEqual([1, 1])
  })

  it('take nothing over from a transaction', async () => {
    const relyingParty = server.relyingParty()
    const answer = await server.visit(relyingParty)
    const shared = scriptedTokenClient(server)
    await server.relyingParty({ server: shared }).finishLogin(answer)
    const before = asked('/.well-known/openid-configuration')
    await shared.metadata()
    expect(asked('/.well-known/openid-configuration')).toBe(before + 1)
  })
})
