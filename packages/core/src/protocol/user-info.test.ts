import { beforeEach, describe, expect, it } from 'vitest'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import type { UserInfo } from './user-info.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

async function ask(answer: () => Response | Promise<Response>): Promise<UserInfo> {
  server.on(`${issuer}/userinfo`, answer)
  const relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
  return relyingParty.userInfo()
}

const jwt = (body: string): Response => new Response(body, { headers: { 'content-type': 'application/jwt' } })

const claims = { iss: issuer, aud: 'spa', sub: 'ada', name: 'Ada' }

describe('UserInfo', () => {
  it('comes as JSON', async () => {
    await expect(ask(() => json({ sub: 'ada', name: 'Ada' }))).resolves.toEqual({ sub: 'ada', name: 'Ada' })
  })

  it('comes signed', async () => {
    await expect(ask(async () => jwt(await server.sign(claims)))).resolves.toMatchObject({ name: 'Ada' })
  })

  it('comes signed without issuer and audience, which it may', async () => {
    await expect(ask(async () => jwt(await server.sign({ sub: 'ada' })))).resolves.toEqual({ sub: 'ada' })
  })

  it('is refused in JSON for another subject', async () => {
    await expect(ask(() => json({ sub: 'eve' }))).rejects.toMatchObject({ code: 'user_info_invalid' })
  })

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['for another subject', { sub: 'eve' }, {}],
    ['for no subject', { sub: undefined }, {}],
    ['of another issuer', { iss: 'https://evil.example' }, {}],
    ['for another client', { aud: 'other' }, {}],
    ['typed as an access token', {}, { typ: 'at+jwt' }],
    ['with a key of its own', {}, { jwk: {} }],
    ['with an unknown key', {}, { kid: 'another' }],
  ])('is refused when it is signed %s', async (_, change, header) => {
    const signed = (): Promise<string> => server.sign({ ...claims, ...change, secret: canary }, header)
    await expect(ask(async () => jwt(await signed()))).rejects.toMatchObject({
      code: 'user_info_invalid',
      message: expect.not.stringContaining(canary),
    })
  })

  it('is refused when its signature is broken', async () => {
    const spoilt = async (): Promise<Response> => {
      const [header, payload, signature = ''] = (await server.sign(claims)).split('.')
      return jwt([header, payload, (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1)].join('.'))
    }
    await expect(ask(spoilt)).rejects.toMatchObject({ code: 'user_info_invalid' })
  })

  it('is refused when it is not signed', async () => {
    const header = Buffer.from('{"alg":"none"}').toString('base64url')
    const unsigned = async (): Promise<Response> =>
      jwt(`${header}.${(await server.sign(claims)).split('.')[1]}.`)
    await expect(ask(unsigned)).rejects.toMatchObject({ code: 'user_info_invalid' })
  })

  it('is refused when it is signed with an algorithm that is not pinned', async () => {
    server.on(`${issuer}/userinfo`, async () => jwt(await server.sign(claims)))
    const relyingParty = server.relyingParty({ idTokenAlgorithms: ['PS256'] })
    await expect(server.logIn(relyingParty)).rejects.toMatchObject({ code: 'id_token_algorithm_refused' })
    const strict = server.relyingParty()
    await server.logIn(strict)
    const another = server.relyingParty({ idTokenAlgorithms: ['PS256'] })
    await another.restore()
    await expect(another.userInfo()).rejects.toMatchObject({ code: 'user_info_invalid' })
  })
})
