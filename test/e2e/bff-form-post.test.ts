import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createBff } from '@oauth-concierge/bff'
import { toNodeHandler } from '@oauth-concierge/bff/node'
import { clientSecretBasic } from '@oauth-concierge/core'
import { createTestServer } from '@oauth-concierge/reference-server/node'
import { expect } from 'vitest'
import { describeInBrowser, test as browserTest } from './support/test.ts'

const clientId = 'by-form'
const clientSecret = 'known to the BFF and the authorization server'

/** A BFF on `localhost`, and a server that posts its answers to it from `127.0.0.1`: another site. */
async function startBff(): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const front = createServer((request, response) => handler(request, response, () => response.end('page')))
  await new Promise<void>((resolve) => front.listen(0, 'localhost', resolve))
  const origin = `http://localhost:${(front.address() as AddressInfo).port}`
  const server = await createTestServer({
    clients: [{ clientId, clientSecret, redirectUris: [`${origin}/auth/callback`], skipConsent: true }],
    users: [{ username: 'ada', password: 'password', claims: { sub: 'ada' } }],
  })
  const handler = toNodeHandler(
    createBff({
      issuer: server.issuer,
      clientId,
      clientAuthentication: clientSecretBasic(clientSecret),
      origin,
      login: { extraParameters: { response_mode: 'form_post' } },
      warn: () => undefined,
    }),
  )
  const close = async (): Promise<void> => {
    front.close()
    front.closeAllConnections()
    await server.close()
  }
  return { origin, close }
}

const test = browserTest
  .extend('startBff', () => startBff)
  .extend('origin', async ({ startBff }, { onCleanup }) => {
    const { origin, close } = await startBff()
    onCleanup(close)
    return origin
  })

describeInBrowser('a login whose answer is posted from another site', () => {
  test('is finished with cookies that no other site can have sent', async ({ context, origin }) => {
    const page = await context.newPage()
    const posts: (string | undefined)[] = []
    page.on('request', (request) => {
      if (request.method() !== 'POST' || !request.url().startsWith(origin)) return
      void request.allHeaders().then(({ cookie }) => posts.push(cookie))
    })
    await page.goto(`${origin}/auth/login?return_to=/orders`)
    await page.getByLabel('Username').fill('ada')
    await page.getByLabel('Password').fill('password')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForURL(`${origin}/orders`)
    expect(posts).toEqual([undefined, expect.stringMatching(/^concierge-login-/)])
    const cookies = await context.cookies(origin)
    expect(cookies.map(({ name, sameSite }) => [name, sameSite])).toEqual([['concierge', 'Strict']])
    const session = await page.evaluate(async () =>
      (await fetch('/auth/session', { headers: { 'x-concierge': '1' } })).json(),
    )
    expect(session).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })
  })
})
