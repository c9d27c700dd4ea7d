import { createMemoryStore, createRelyingParty, type Http, type RelyingParty } from '@oauth-concierge/core'
import { json } from '@oauth-concierge/core/testing'
import { describe, expect, it } from 'vitest'
import { readWholeAnswers } from './whole-answers.ts'

const issuer = 'https://id.example'
const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
}

/** A fetch as React Native has it: no streams, and redirects were followed by the time it answers. */
function reactNativeFetch(answer: Response, finalUrl?: string): Http {
  return async (url) =>
    Object.defineProperties(answer, {
      body: { value: undefined, configurable: true },
      url: { value: finalUrl ?? url },
      type: { value: 'default', configurable: true },
    })
}

function relyingPartyOf(http: Http): RelyingParty {
  const stores = { vault: createMemoryStore(), transactions: createMemoryStore() }
  return createRelyingParty({ issuer, clientId: 'app', ...stores, runtime: { http } })
}

const startLogin = (http: Http): Promise<unknown> =>
  relyingPartyOf(http).startLogin({ redirectUri: 'com.example.app:/callback' })

describe('the answers of a fetch without streams', () => {
  it('could not be read as they are', async () => {
    await expect(startLogin(reactNativeFetch(json(metadata)))).rejects.toBeDefined()
  })

  it('are read whole', async () => {
    const http = readWholeAnswers(reactNativeFetch(json(metadata)))
    await expect(startLogin(http)).resolves.toMatchObject({
      url: expect.stringContaining(`${issuer}/authorize`),
    })
  })

  it('are held to their cap', async () => {
    const huge = json({ ...metadata, padding: 'x'.repeat(2_000_000) })
    await expect(startLogin(readWholeAnswers(reactNativeFetch(huge)))).rejects.toMatchObject({
      code: 'response_too_large',
    })
  })

  it('are not believed when they come from where a redirect led', async () => {
    const http = readWholeAnswers(reactNativeFetch(json(metadata), 'https://evil.example/'))
    await expect(startLogin(http)).rejects.toMatchObject({ code: 'redirected' })
  })

  it('can still be read by the app', async () => {
    const http = readWholeAnswers(reactNativeFetch(json({ orders: 2 })))
    await expect((await http('https://api.example/orders', {})).json()).resolves.toEqual({ orders: 2 })
  })

  it('are left alone where there are streams', async () => {
    const answer = json(metadata)
    await expect(readWholeAnswers(async () => answer)(issuer, {})).resolves.toBe(answer)
    expect(answer.type).toBe('default')
  })
})
