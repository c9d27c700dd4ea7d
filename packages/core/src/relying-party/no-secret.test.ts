import { inspect } from 'node:util'
import { beforeEach, describe, expect, it } from 'vitest'
import { ConciergeError } from '../errors.ts'
import { createMemoryKeyStore } from '../ports/key-store.ts'
import { dpop } from '../protocol/dpop.ts'
import { json } from '../testing/scripted-http.ts'
import {
  canary,
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../testing/scripted-server.test-support.ts'
import type { RelyingPartyOptions } from './create-relying-party.ts'
import { stepUp } from './step-up.ts'

const api = 'https://api.example'
const secret = `${canary}-${'s3cr3t'.repeat(8)}`

let server: ScriptedServer

beforeEach(async () => {
  server = await createScriptedServer()
})

/** Everything that a log may make of an error. */
function printed(error: unknown): string {
  const texts: string[] = []
  for (let one = error, depth = 0; one !== undefined && depth < 10; one = Object(one).cause, depth += 1) {
    const { stack, message } = Object(one) as Partial<Error>
    texts.push(
      inspect(one, { depth: Infinity, showHidden: true, getters: true, maxStringLength: Infinity }),
      JSON.stringify(one),
      JSON.stringify(one, Object.getOwnPropertyNames(one)),
      String(one),
      String(stack),
      String(message),
    )
  }
  return texts.join('\n')
}

const logIn = async (options?: Partial<RelyingPartyOptions>) => {
  const relyingParty = server.relyingParty({ apis: [api], stepUp: stepUp(), ...options })
  await server.logIn(relyingParty)
  return relyingParty
}
const answer = (path: string, response: () => Response | Promise<Response>): unknown =>
  server.on(issuer + path, response)
/** What a fetch throws that tells all about its request. */
const leakyFailure = (): never => {
  const request = {
    body: `code_verifier=${secret}&client_secret=${secret}`,
    headers: { authorization: secret },
  }
  throw Object.assign(new TypeError(`fetch failed for ${secret}`), {
    cause: { code: 'ECONNRESET', request },
    request,
  })
}

const failures: Readonly<Record<string, () => Promise<unknown>>> = {
  'the code is refused in words that hold it': async () => {
    answer('/token', () =>
      json({ error: 'invalid_grant', error_description: `code ${secret}` }, { status: 400 }),
    )
    return logIn()
  },
  'the network fails with the whole request in its error': async () => {
    answer('/token', leakyFailure)
    return logIn()
  },
  'the token response lacks what it needs': async () => {
    answer('/token', () => json({ token_type: 'Bearer', refresh_token: secret, id_token: secret }))
    return logIn()
  },
  'the token response is HTML with a token in it': async () => {
    answer('/token', () => new Response(`<p>${secret}`, { headers: { 'content-type': 'text/html' } }))
    return logIn()
  },
  'the ID token is malformed': async () => {
    server.bend.idToken = () => `${secret}.${secret}`
    return logIn()
  },
  'the signature of the ID token is wrong': async () => {
    await server.useKey('key-1', { publish: false })
    return logIn()
  },
  'a claim of the ID token is wrong': async () => {
    server.bend.claims = { aud: secret, email: secret }
    return logIn()
  },
  'the clock is wrong': async () => {
    server.bend.claims = { iat: server.clock.wallTime() / 1000 + 7_200 }
    return logIn()
  },
  'the callback is an error that tells secrets': async () => {
    server.bend.callback = {
      error: 'server_error',
      error_description: `${secret} ${secret}`,
      code: undefined,
    }
    return logIn()
  },
  'the callback belongs to no login': async () => {
    server.bend.callback = { state: secret }
    return logIn()
  },
  'the callback has a token in it': async () => {
    server.bend.callback = { access_token: secret, id_token: secret }
    return logIn()
  },
  'the refresh token is refused': async () => {
    server.bend.tokenResponse = { access_token: secret, refresh_token: secret }
    const relyingParty = await logIn()
    answer('/token', () => json({ error: 'invalid_grant', error_description: secret }, { status: 400 }))
    await server.clock.advance(3_600)
    return relyingParty.getAccessToken()
  },
  'the answer to a refresh is lost': async () => {
    const relyingParty = await logIn()
    answer('/token', leakyFailure)
    await server.clock.advance(3_600)
    return relyingParty.getAccessToken()
  },
  'the client assertion is refused': async () => {
    server.on(`${issuer}/token`, ({ body }) =>
      json({ error: 'invalid_client', error_description: body, client_assertion: secret }, { status: 401 }),
    )
    server.bend.callback = { code: secret }
    return logIn({
      clientAuthentication: (_, __, body) => {
        body.set('client_secret', secret)
        body.set('client_assertion', `${secret}.${secret}.${secret}`)
      },
    })
  },
  'UserInfo answers with a challenge that repeats the token': async () => {
    server.bend.tokenResponse = { access_token: secret }
    const relyingParty = await logIn()
    const headers = { 'www-authenticate': `Bearer error="invalid_token", error_description="${secret}"` }
    answer('/userinfo', () => new Response('', { status: 401, headers }))
    return relyingParty.userInfo()
  },
  'an API cannot be reached': async () => {
    const relyingParty = await logIn()
    server.on(`${api}/orders`, leakyFailure)
    return relyingParty.fetch(`${api}/orders?key=${secret}`)
  },
  'an API asks for another login with the token in its words': async () => {
    server.bend.tokenResponse = { access_token: secret }
    const relyingParty = await logIn()
    const text = `Bearer error="insufficient_user_authentication", acr_values="${secret} x${secret}"`
    server.on(`${api}/orders`, () => new Response('', { status: 401, headers: { 'www-authenticate': text } }))
    return relyingParty.fetch(`${api}/orders`)
  },
  'the tokens are not bound to the key': async () => {
    server.bend.tokenResponse = { access_token: secret }
    return logIn({ senderConstraint: dpop({ keys: createMemoryKeyStore() }) })
  },
  'the key cannot be kept': async () => {
    const keys = { ...createMemoryKeyStore(), put: () => Promise.reject(new Error(secret)) }
    return logIn({ senderConstraint: dpop({ keys }) })
  },
}

describe('no printed form of an error holds a secret', () => {
  it.each(Object.entries(failures))('when %s', async (_, fail) => {
    const error: unknown = await fail().then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(ConciergeError)
    expect(printed(error)).not.toContain(canary)
    expect(printed(error)).not.toContain('s3cr3t')
  })

  it('and the search finds one wherever it is', () => {
    const deep = new Error('outer', {
      cause: Object.assign(new Error('inner'), { request: { body: secret } }),
    })
    expect(printed(deep)).toContain(canary)
    const hidden = Object.defineProperty(new Error('x'), 'response', {
      value: { token: secret },
      enumerable: false,
    })
    expect(printed(hidden)).toContain(canary)
  })
})
