import { SignJWT } from 'jose'
import { ClientSecretBasic, ClientSecretPost } from 'oauth4webapi'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import {
  answerInTurn,
  lastTokenRequest,
  refusal,
  scriptedTokenClient,
} from '../testing/token-client.test-support.ts'
import { dropIdToken, unsafeAllowPasswordGrant } from './opt-in.ts'
import { type PasswordGrant, requestPasswordToken } from './password-grant.ts'

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

afterEach(() => vi.unstubAllGlobals())

const grant: PasswordGrant = {
  allowPasswordGrant: unsafeAllowPasswordGrant,
  username: 'ada',
  password: `${canary}-password`,
}

/** As one old server signs them. */
async function useUnsoundIdToken(): Promise<void> {
  const exp = 1_339_196_881_303
  server.bend.tokenResponse = {
    token_type: 'bearer',
    id_token: await new SignJWT({ iss: issuer, aud: 'spa', sub: 'ada', iat: 1_339_196_881, exp })
      .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
      .sign(new TextEncoder().encode(`${canary}-secret-of-the-client-itself`)),
  }
}

describe('the password grant', () => {
  it.each([
    ['in the header', ClientSecretBasic('secret'), {}],
    ['in the body', ClientSecretPost('secret'), { client_id: 'spa', client_secret: 'secret' }],
  ])('gives tokens, with the client’s secret %s', async (_, clientAuthentication, credentials) => {
    server.bend.tokenResponse = { id_token: undefined, scope: undefined }
    const tokenClient = scriptedTokenClient(server, { clientAuthentication })
    await expect(requestPasswordToken(tokenClient, { ...grant, scope: 'orders' })).resolves.toEqual({
      accessToken: `${canary}-access-1`,
      tokenType: 'bearer',
      expiresIn: 3_600,
      refreshToken: `${canary}-refresh-1`,
      scope: 'orders',
      idToken: undefined,
      claims: undefined,
      requirePasswordChange: false,
      extraMembers: {},
    })
    expect(lastTokenRequest(server)).toEqual({
      ...credentials,
      grant_type: 'password',
      username: 'ada',
      password: `${canary}-password`,
      scope: 'orders',
    })
  })

  it('hands on what the server says beside that', async () => {
    server.bend.tokenResponse = { id_token: undefined, require_password_change: true, tenant: { id: 7 } }
    const response = await requestPasswordToken(scriptedTokenClient(server), grant)
    expect(response).toMatchObject({
      requirePasswordChange: true,
      extraMembers: { require_password_change: true, tenant: { id: 7 } },
    })
  })

  it('does not take anything but true for a wanted change of password', async () => {
    server.bend.tokenResponse = { require_password_change: 'false' }
    const response = await requestPasswordToken(scriptedTokenClient(server), grant)
    expect(response.requirePasswordChange).toBe(false)
  })

  it('gives a verified ID token where the scope has openid, and demands one', async () => {
    const asked = { ...grant, scope: 'openid profile' }
    const response = await requestPasswordToken(scriptedTokenClient(server), asked)
    expect(response).toMatchObject({ claims: { sub: 'ada' }, idToken: expect.stringContaining('.') })
    server.bend.claims = { aud: 'another' }
    await expect(requestPasswordToken(scriptedTokenClient(server), asked)).rejects.toMatchObject({
      code: 'id_token_claim_invalid',
      claim: 'aud',
      message: expect.stringContaining('dropIdToken'),
    })
    server.bend.tokenResponse = { id_token: undefined }
    await expect(requestPasswordToken(scriptedTokenClient(server), asked)).rejects.toMatchObject({
      code: 'id_token_missing',
    })
  })

  it('begins a session that goes on by refreshes with ID tokens', async () => {
    const response = await requestPasswordToken(scriptedTokenClient(server), { ...grant, scope: 'openid' })
    const relyingParty = server.relyingParty()
    await relyingParty.beginSession(response)
    expect(relyingParty.session).toMatchObject({ claims: { sub: 'ada' }, scope: ['openid'] })
    await server.clock.advance(3_600)
    server.bend.claims = { name: 'Ada' }
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-2`)
    expect(relyingParty.session).toMatchObject({ claims: { sub: 'ada', name: 'Ada' } })
  })

  it('refuses an unsound ID token and says what is wrong with it', async () => {
    await useUnsoundIdToken()
    const error: unknown = await requestPasswordToken(scriptedTokenClient(server), {
      ...grant,
      scope: 'openid',
    }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'id_token_algorithm_refused' })
    expect(String(error)).toMatch(/HS256.*exp is in milliseconds.*withoutIdToken: dropIdToken/)
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(canary)
  })

  it('gives the tokens without it where that is asked for by name', async () => {
    await useUnsoundIdToken()
    const asked = { ...grant, scope: 'openid', withoutIdToken: dropIdToken } as const
    const response = await requestPasswordToken(scriptedTokenClient(server), asked)
    expect(response).toMatchObject({
      accessToken: `${canary}-access-1`,
      idToken: undefined,
      claims: undefined,
    })
  })

  it.each([
    [{ allowPasswordGrant: undefined }, 'unsafeAllowPasswordGrant'],
    [{ allowPasswordGrant: true }, 'unsafeAllowPasswordGrant'],
    [{ allowPasswordGrant: Symbol('unsafeAllowPasswordGrant') }, 'unsafeAllowPasswordGrant'],
    [{ withoutIdToken: true }, 'dropIdToken'],
  ])('does nothing with %j in the place of its symbol', async (options, named) => {
    const asked = { ...grant, ...options } as unknown as PasswordGrant
    await expect(requestPasswordToken(scriptedTokenClient(server), asked)).rejects.toMatchObject({
      code: 'legacy_not_allowed',
      message: expect.stringContaining(named),
    })
    expect(server.requests).toHaveLength(0)
  })

  it.each([
    ['Basic', ClientSecretBasic('secret')],
    ['in the body', ClientSecretPost('secret')],
  ])('sends no password from a page whose client has a secret: %s', async (_, clientAuthentication) => {
    vi.stubGlobal('document', {})
    const tokenClient = scriptedTokenClient(server, { clientAuthentication })
    await expect(requestPasswordToken(tokenClient, grant)).rejects.toMatchObject({
      code: 'secret_in_browser',
    })
    expect(server.tokenRequests()).toHaveLength(0)
  })

  it('is possible from a page for a public client', async () => {
    vi.stubGlobal('document', {})
    await expect(requestPasswordToken(scriptedTokenClient(server), grant)).resolves.toMatchObject({
      accessToken: `${canary}-access-1`,
    })
  })

  it('that is refused says so, without the password', async () => {
    answerInTurn(server, [refusal('invalid_grant')])
    const error: unknown = await requestPasswordToken(scriptedTokenClient(server), grant).catch(
      (e: unknown) => e,
    )
    expect(error).toMatchObject({ code: 'request_refused', error: 'invalid_grant' })
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(canary)
  })

  it('is not misled by members that are no JSON object', async () => {
    answerInTurn(server, [() => json(['access_token'])])
    await expect(requestPasswordToken(scriptedTokenClient(server), grant)).rejects.toMatchObject({
      name: expect.stringMatching(/^(Protocol|Transport)Error$/),
    })
  })
})
