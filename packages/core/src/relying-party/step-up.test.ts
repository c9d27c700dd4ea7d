import { beforeEach, describe, expect, it, vi } from 'vitest'
import { json } from '../testing/scripted-http.ts'
import { canary, createScriptedServer, type ScriptedServer } from '../testing/scripted-server.test-support.ts'
import type { RelyingParty } from './create-relying-party.ts'
import { stepUp, type StepUpChallenge } from './step-up.ts'

const api = 'https://api.example'
const transfer = `${api}/transfer`

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

const challenge = (text: string, status = 401): Response =>
  new Response('', { status, headers: { 'www-authenticate': text } })
const insufficient = (parameters = ', acr_values="gold silver", max_age="5"'): Response =>
  challenge(`Bearer error="insufficient_user_authentication"${parameters}`)

/** An API that wants tokens of a later login than the first. */
const wantLaterLogin = (): unknown =>
  server.on(transfer, ({ headers, body }) =>
    headers.get('authorization')?.endsWith('-1') ? insufficient() : json({ body }),
  )

const logIn = async (
  handler?: (challenge: StepUpChallenge, relyingParty: RelyingParty) => Promise<void>,
): Promise<RelyingParty> => {
  const relyingParty: RelyingParty = server.relyingParty({
    apis: [api],
    stepUp: stepUp(handler && ((asked) => handler(asked, relyingParty))),
  })
  await server.logIn(relyingParty)
  return relyingParty
}
const logInAgain = vi.fn((asked: StepUpChallenge, relyingParty: RelyingParty) =>
  server.logIn(relyingParty, asked),
)
beforeEach(() => void logInAgain.mockClear())

describe('an API that asks for another login', () => {
  it('is an error that says what it asks, and the session goes on', async () => {
    wantLaterLogin()
    const relyingParty = await logIn()
    await expect(relyingParty.fetch(transfer)).rejects.toMatchObject({
      name: 'SessionError',
      code: 'step_up_required',
      sessionSurvives: true,
      acrValues: ['gold', 'silver'],
      maxAge: 5,
    })
    expect(relyingParty.session.status).toBe('authenticated')
    await expect(relyingParty.getAccessToken()).resolves.toBe(`${canary}-access-1`)
  })

  it('gets the same request with the token of the login that its words bring about', async () => {
    wantLaterLogin()
    server.bend.claims = { auth_time: server.clock.wallTime() / 1000, acr: 'silver' }
    const relyingParty = await logIn(logInAgain)
    const response = await relyingParty.fetch(transfer, { method: 'POST', body: 'ten' })
    await expect(response.json()).resolves.toEqual({ body: 'ten' })
    expect(logInAgain.mock.calls.map(([asked]) => asked)).toEqual([
      { acrValues: ['gold', 'silver'], maxAge: 5 },
    ])
  })

  it('leads to one login for many calls', async () => {
    wantLaterLogin()
    server.bend.claims = { auth_time: server.clock.wallTime() / 1000, acr: 'silver' }
    const relyingParty = await logIn(logInAgain)
    const answers = await Promise.all(Array.from({ length: 20 }, () => relyingParty.fetch(transfer)))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect(logInAgain).toHaveBeenCalledTimes(1)
  })

  it('leads to no login where somebody else has logged in meanwhile', async () => {
    const relyingParty = await logIn(logInAgain)
    server.on(transfer, async ({ headers }) => {
      if (!headers.get('authorization')?.endsWith('-1')) return json({})
      await server.logIn(relyingParty)
      return insufficient('')
    })
    await expect(relyingParty.fetch(transfer)).resolves.toMatchObject({ status: 200 })
    expect(logInAgain).not.toHaveBeenCalled()
  })

  it('is asked once more only: the login that it asked for may still not do', async () => {
    server.on(transfer, () => insufficient(''))
    const relyingParty = await logIn(logInAgain)
    await expect(relyingParty.fetch(transfer)).rejects.toMatchObject({ code: 'step_up_required' })
    expect(logInAgain).toHaveBeenCalledTimes(1)
    expect(server.requests.filter(({ url }) => url === transfer)).toHaveLength(2)
  })

  it('is not asked again with the old token where no login came of it', async () => {
    wantLaterLogin()
    const relyingParty = await logIn(async () => undefined)
    await expect(relyingParty.fetch(transfer)).rejects.toMatchObject({ code: 'step_up_required' })
    expect(server.requests.filter(({ url }) => url === transfer)).toHaveLength(1)
  })

  it('gets nothing in the name of another user', async () => {
    wantLaterLogin()
    const relyingParty = await logIn((_, again) => {
      server.bend.claims = { sub: 'grace' }
      return server.logIn(again)
    })
    await expect(relyingParty.fetch(transfer)).rejects.toMatchObject({
      code: 'session_changed',
      sessionSurvives: true,
    })
    expect(server.requests.filter(({ url }) => url === transfer)).toHaveLength(1)
  })

  it('is told of a login that fails, by its error', async () => {
    wantLaterLogin()
    const relyingParty = await logIn(() => Promise.reject(new Error('the user closed the window')))
    await expect(relyingParty.fetch(transfer)).rejects.toThrow('the user closed the window')
    await expect(relyingParty.fetch(transfer)).rejects.toThrow('the user closed the window')
  })

  it('ends in an error where the body was a stream, though the login was done', async () => {
    wantLaterLogin()
    server.bend.claims = { auth_time: server.clock.wallTime() / 1000, acr: 'silver' }
    const relyingParty = await logIn(logInAgain)
    const stream = new Response('ten').body
    await expect(
      relyingParty.fetch(transfer, { method: 'POST', body: stream, duplex: 'half' } as RequestInit),
    ).rejects.toMatchObject({ code: 'step_up_required' })
  })

  it('is understood after a refresh that another refusal led to', async () => {
    server.on(transfer, ({ headers }) => {
      const token = headers.get('authorization')
      if (token?.endsWith('-1')) return challenge('Bearer error="invalid_token"')
      return token?.endsWith('-2') ? insufficient('') : json({})
    })
    const relyingParty = await logIn(logInAgain)
    await expect(relyingParty.fetch(transfer)).resolves.toMatchObject({ status: 200 })
  })

  it.each([
    ['no words', '', {}],
    ['a max_age that is no number', ', max_age="-5"', {}],
    ['an absurd max_age', ', max_age="99999999999"', {}],
    [
      'a URN and a URL',
      ', acr_values="urn:mace:incommon:iap:silver https://refeds.org/profile/mfa"',
      {
        acrValues: ['urn:mace:incommon:iap:silver', 'https://refeds.org/profile/mfa'],
      },
    ],
    ['our token sent back', `, acr_values="gold ${canary}-access-1"`, { acrValues: ['gold'] }],
    ['what looks like a token', `, acr_values="gold eyJ${'x'.repeat(60)}"`, { acrValues: ['gold'] }],
    [
      'a hundred words',
      `, acr_values="${'a '.repeat(100)}"`,
      { acrValues: Array.from({ length: 10 }, () => 'a') },
    ],
  ])('may say %s', async (_, parameters, asked) => {
    server.on(transfer, () => insufficient(parameters))
    const error: unknown = await (await logIn()).fetch(transfer).catch((thrown: unknown) => thrown)
    const { acrValues, maxAge } = error as { acrValues?: unknown; maxAge?: unknown }
    expect({ acrValues, maxAge }).toEqual({ acrValues: undefined, maxAge: undefined, ...asked })
  })
})

describe('an API that asks for more scope', () => {
  it('is an error that names it, and no login', async () => {
    server.on(transfer, () => challenge('Bearer error="insufficient_scope", scope="transfer audit"', 403))
    const relyingParty = await logIn(logInAgain)
    await expect(relyingParty.fetch(transfer)).rejects.toMatchObject({
      code: 'scope_required',
      scopes: ['transfer', 'audit'],
      sessionSurvives: true,
    })
    expect(logInAgain).not.toHaveBeenCalled()
  })

  it.each([
    ['without a challenge', () => new Response('', { status: 403 })],
    ['with another error', () => challenge('Bearer error="invalid_token"', 403)],
  ])('is not seen in a 403 %s', async (_, answer) => {
    server.on(transfer, answer)
    await expect((await logIn()).fetch(transfer)).resolves.toMatchObject({ status: 403 })
  })
})
