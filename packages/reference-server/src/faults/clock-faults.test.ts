import { describe, expect, test } from 'vitest'
import { codeForm, createServer, getTokens } from '../test-support.ts'
import { ask, form, isSignedByServer, now, partsOf } from './faults.test-support.ts'

describe('the clock of the server', () => {
  test.each([
    ['clock.server_ahead', 7200],
    ['clock.server_behind', -7200],
  ] as const)('%s: by %i seconds, in the token answer', async (name, seconds) => {
    const server = createServer()
    server.faults.on(name)
    const fields = (await codeForm(server)) as Record<string, string>
    const answer = await ask(server, '/token', form(fields))
    const { id_token: idToken } = JSON.parse(answer.text) as Record<string, string>
    expect(partsOf(idToken).claims).toMatchObject({
      iat: now + seconds,
      exp: now + 3600 + seconds,
      auth_time: now + seconds,
    })
    expect(await isSignedByServer(server, idToken)).toBe(true)
    expect(Date.parse(answer.headers.get('date') ?? '')).toBe((now + seconds) * 1000)
    expect(partsOf((await getTokens(server))['id_token']).claims['iat']).toBe(now)
  })

  test('by as much as is asked for, also where there is no ID token', async () => {
    const server = createServer()
    server.faults.on('clock.server_ahead', { seconds: 60 })
    const fields = (await codeForm(server, { scope: 'profile' })) as Record<string, string>
    const answer = await ask(server, '/token', form(fields))
    expect(Date.parse(answer.headers.get('date') ?? '')).toBe((now + 60) * 1000)
    expect(server.faults.list()).toEqual([])
  })

  test('clock.date_wrong: in the header alone', async () => {
    const server = createServer()
    server.faults.on('clock.date_wrong', { seconds: -90 })
    const { headers, text } = await ask(server, '/jwks')
    expect(Date.parse(headers.get('date') ?? '')).toBe((now - 90) * 1000)
    expect(text).toContain('"kid"')
  })
})
