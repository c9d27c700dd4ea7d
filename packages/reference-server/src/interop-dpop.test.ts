import * as oauth from 'oauth4webapi'
import * as client from 'openid-client'
import { describe, expect, test } from 'vitest'
import { createServer, issuer, publicClient } from './test-support.ts'

const redirectUri = publicClient.redirectUris[0] ?? ''

function prepare() {
  const server = createServer({ clock: () => Date.now() / 1000 })
  const inProcess = (url: string, init: object): Promise<Response> => server.fetch(new Request(url, init))
  return { server, inProcess }
}

/** Asks again once, with the nonce of the refusal. */
async function withNonce<Result>(request: () => Promise<Result>): Promise<Result> {
  try {
    return await request()
  } catch (error) {
    if (!oauth.isDPoPNonceError(error)) throw error
    return request()
  }
}

describe('DPoP', () => {
  test('works for oauth4webapi, nonces and all', async () => {
    const { server, inProcess } = prepare()
    const http = { [oauth.customFetch]: inProcess }
    const found = await oauth.discoveryRequest(new URL(issuer), http)
    const as = await oauth.processDiscoveryResponse(new URL(issuer), found)
    const spa: oauth.Client = { client_id: 'spa' }
    const keyPair = await oauth.generateKeyPair('ES256')
    const options = { DPoP: oauth.DPoP(spa, keyPair), ...http }
    const verifier = oauth.generateRandomCodeVerifier()
    const url = new URL(as.authorization_endpoint ?? '')
    url.search = new URLSearchParams({
      client_id: 'spa',
      redirect_uri: redirectUri,
      response_type: 'code',
      scope: 'openid',
      code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      dpop_jkt: await options.DPoP.calculateThumbprint(),
    }).toString()
    const callback = oauth.validateAuthResponse(as, spa, await server.signIn({ url }))
    const tokens = await withNonce(async () => {
      const request = [as, spa, oauth.None(), callback, redirectUri, verifier, options] as const
      return oauth.processAuthorizationCodeResponse(
        as,
        spa,
        await oauth.authorizationCodeGrantRequest(...request),
      )
    })
    expect(tokens.token_type).toBe('dpop')
    const userInfo = await oauth.userInfoRequest(as, spa, tokens.access_token, options)
    await oauth.processUserInfoResponse(as, spa, 'ada', userInfo)
    const second = await oauth.refreshTokenGrantRequest(
      as,
      spa,
      oauth.None(),
      tokens.refresh_token ?? '',
      options,
    )
    expect((await oauth.processRefreshTokenResponse(as, spa, second)).token_type).toBe('dpop')
    expect(server.ledger.select({ endpoint: 'token' }).map(({ error }) => error)).toEqual([
      'use_dpop_nonce',
      undefined,
      undefined,
    ])
  })

  test('works for openid-client, which hears that its token is no bearer token', async () => {
    const { server, inProcess } = prepare()
    const config = await client.discovery(new URL(issuer), 'spa', undefined, undefined, {
      [client.customFetch]: inProcess,
    })
    const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('EdDSA'))
    const pkceCodeVerifier = client.randomPKCECodeVerifier()
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri,
      scope: 'openid',
      code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    })
    const response = await server.signIn({ url })
    const tokens = await client.authorizationCodeGrant(config, response, { pkceCodeVerifier }, undefined, {
      DPoP,
    })
    const userInfo = await client.fetchUserInfo(config, tokens.access_token, 'ada', { DPoP })
    expect(userInfo.sub).toBe('ada')
    const bare = client.fetchUserInfo(config, tokens.access_token, 'ada')
    await expect(bare).rejects.toThrow(client.WWWAuthenticateChallengeError)
  })
})
