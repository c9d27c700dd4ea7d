import { beforeEach, describe, expect, it } from 'vitest'
import { createScriptedServer, type ScriptedServer } from '../testing/scripted-server.test-support.ts'

let server: ScriptedServer
let now: number

beforeEach(async () => {
  server = await createScriptedServer()
  now = server.clock.wallTime() / 1000
})

describe('a device whose clock is wrong', () => {
  it.each([
    ['2 h slow', 7_200, 'behind'],
    ['2 h fast', -7_200, 'ahead of'],
    ['6 min slow', 360, 'behind'],
    ['11 h slow', 39_600, 'behind'],
    ['11 h fast', -39_600, 'ahead of'],
  ])('by %s is told so at the login, and by how much', async (_, offset, way) => {
    server.bend.claims = { iat: now + offset, exp: now + offset + 300 }
    const relyingParty = server.relyingParty()
    await expect(server.logIn(relyingParty)).rejects.toMatchObject({
      name: 'ProtocolError',
      code: 'clock_skew',
      offset,
      retryable: false,
      message: expect.stringContaining(`${Math.abs(offset)} s ${way} the server's`),
    })
    expect(server.tokenRequests()).toHaveLength(1)
    expect(relyingParty.session.status).not.toBe('authenticated')
  })

  it.each([180, -180])('by %d seconds logs in and refreshes', async (offset) => {
    server.bend.claims = { iat: now + offset, exp: now + offset + 3_600 }
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    server.bend.claims = { iat: now + 3_600 + offset, exp: now + 7_200 + offset }
    await server.clock.advance(3_600)
    await expect(relyingParty.getAccessToken()).resolves.toContain('access-2')
  })

  it('is told so at a refresh, and the session goes on', async () => {
    const relyingParty = server.relyingParty()
    await server.logIn(relyingParty)
    await server.clock.advance(3_600)
    server.bend.claims = { iat: now + 10_800, exp: now + 14_400 }
    await expect(relyingParty.getAccessToken()).rejects.toMatchObject({ code: 'clock_skew', offset: 7_200 })
    expect(relyingParty.session.status).toBe('authenticated')
  })

  it('by 2 h fast logs in where the ID token lasts longer than that', async () => {
    server.bend.claims = { iat: now - 7_200, exp: now + 7_200 }
    await expect(server.logIn(server.relyingParty())).resolves.toBeUndefined()
  })

  it.each([
    ['was issued in a day', { iat: 86_400, exp: 86_700 }, 'iat'],
    ['was issued in a year', { iat: 31_536_000, exp: 31_536_300 }, 'iat'],
    ['was issued in 13 h', { iat: 46_800, exp: 47_100 }, 'iat'],
    ['ended ten years ago', { iat: -315_360_000, exp: -315_359_700 }, 'exp'],
    ['was issued with its end in the past', { iat: 0, exp: -400 }, 'exp'],
  ])('is not the reason for an ID token that %s', async (_, { iat, exp }, claim) => {
    server.bend.claims = { iat: now + iat, exp: now + exp }
    await expect(server.logIn(server.relyingParty())).rejects.toMatchObject({
      code: 'id_token_claim_invalid',
      claim,
    })
  })
})
