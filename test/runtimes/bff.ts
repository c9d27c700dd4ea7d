import { createBff, encryptedCookie, memory, type SessionStore } from '@oauth-concierge/bff'
import { clientSecretBasic } from '@oauth-concierge/core'
import { createBrowser } from '../contract/bff/browser.ts'
import { ada, contractBff } from '../contract/servers/contract-server.ts'
import { completeLogin } from '../contract/servers/headless-browser.ts'
import type { Given } from './prove.ts'

declare const given: Given

const { clientId, clientSecret, origin, redirectUri } = contractBff
const keys = [`${'k'.repeat(42)}A`]

const start = (sessions: SessionStore) =>
  createBff({
    issuer: given.issuer,
    clientId,
    clientAuthentication: clientSecretBasic(clientSecret),
    origin,
    scope: 'openid orders.read',
    apis: { orders: { upstream: given.issuer, paths: ['/resource'] } },
    sessions,
  })

/** A user's whole session; half way the process begins anew, with `later`. */
async function prove(sessions: SessionStore, later: SessionStore): Promise<Record<string, unknown>> {
  let bff = start(sessions)
  const browser = createBrowser({ fetch: (request) => bff.fetch(request) })
  const started = await browser.navigate('/auth/login?return_to=/orders')
  const person = { ...ada, consent: 'allow' } as const
  const { pathname, search } = await completeLogin(
    fetch,
    started.headers.get('location') ?? '',
    redirectUri,
    person,
  )
  const callback = await browser.navigate(`${pathname}${search}`, { from: 'cross-site' })
  bff = start(later)
  const shown = await (await browser.fetch('/auth/session')).json()
  const called = await browser.fetch('/auth/api/orders/resource')
  const left = await browser.submit('/auth/logout', { nonce: shown.logout })
  const after = await (await browser.fetch('/auth/session')).json()
  return {
    callback: [callback.status, callback.headers.get('location')],
    user: shown.claims?.sub,
    api: called.status,
    logout: left.status,
    after: after.status,
  }
}

const store = memory()
console.log(
  JSON.stringify({
    memory: await prove(store, store),
    cookies: await prove(encryptedCookie({ keys }), encryptedCookie({ keys })),
  }),
)
