import {
  createMobileAuth,
  type MobileAuth,
  type MobileAuthOptions,
  type Shell,
} from '@oauth-concierge/mobile'
import { createReferenceServer, type ReferenceServer } from '@oauth-concierge/reference-server'
import { expect, vi } from 'vitest'
import { createPhone, type Phone } from '../../../packages/mobile/src/testing/phone.test-support.ts'

export const redirectUri = 'com.example.app:/callback'
export const postLogoutRedirectUri = 'com.example.app:/goodbye'
export const clientId = 'app'
export const api = 'https://api.example'

/** A phone, an authorization server, and the app between them. Their clock is the server's. */
export interface World {
  readonly phone: Phone
  readonly server: ReferenceServer
  /** Every request that the app sent over the network: method and path. */
  readonly requests: string[]
  /** Makes every request fail, as without a network. */
  offline: boolean
  /** The app, in a process that `shell` belongs to. */
  open(shell: Shell, options?: Partial<MobileAuthOptions>): MobileAuth
  /** Goes through the pages of the visit that was opened last; gives the link that the browser follows at the end. */
  signIn(): Promise<string>
  /** Lets time pass for everybody. */
  letPass(seconds: number): void
}

export function createWorld(): World {
  const phone = createPhone()
  const server = createReferenceServer({
    issuer: 'https://id.example',
    clients: [
      {
        clientId,
        redirectUris: [redirectUri],
        postLogoutRedirectUris: [postLogoutRedirectUri],
        skipConsent: true,
      },
    ],
    users: [{ username: 'ada', password: 'password', claims: { sub: 'ada', name: 'Ada' } }],
    lifetimes: { accessToken: 600, idToken: 600 },
  })
  const http = async (url: string, init: RequestInit): Promise<Response> => {
    world.requests.push(`${init.method ?? 'GET'} ${new URL(url).pathname}`)
    if (world.offline) throw new TypeError('Network request failed')
    if (url.startsWith(api)) return answerCall(new Request(url, init))
    return server.fetch(new Request(url, init))
  }
  const start = server.clock.now()
  const clock = {
    wallTime: () => server.clock.now() * 1000,
    monotonicTime: () => (server.clock.now() - start) * 1000,
    // What waits without a way to stop it is a pause of a few milliseconds; what can be stopped is a deadline.
    sleep: (_: number, signal?: AbortSignal) => (signal ? new Promise<void>(() => undefined) : nextTurn()),
  }
  const world = {
    phone,
    server,
    requests: [] as string[],
    offline: false,
    open: (shell: Shell, options?: Partial<MobileAuthOptions>) =>
      createMobileAuth({
        issuer: server.issuer,
        clientId,
        redirectUri,
        postLogoutRedirectUri,
        scope: 'openid profile',
        shell,
        ...options,
        runtime: { http, clock, ...options?.runtime },
      }),
    signIn: async () => {
      const { url } = await lastVisit(phone)
      return (await server.signIn({ url, username: 'ada' })).href
    },
    letPass: (seconds: number) => server.clock.advance(seconds),
  }
  return world
}

export const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Waits until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  await vi.waitFor(() => expect(holds()).toBe(true), { timeout: 10_000, interval: 2 })
}

/** The visit to the browser that is open now. */
export async function lastVisit(phone: Phone, count = 1): Promise<Phone['visits'][number]> {
  await until(() => phone.visits.length >= count)
  const visit = phone.visits.at(-1)
  if (!visit) throw new Error('The browser was never opened.')
  return visit
}

/** What a promise came to: a value, or the code of an error. */
export async function endOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.catch((error: { readonly code?: string }) => error.code ?? error)
}

/** An API that tells what it was sent, but for the token itself. */
async function answerCall(request: Request): Promise<Response> {
  const seen = `${request.method} ${request.headers.get('x-kept')} ${await request.text()}`
  const [scheme, token = ''] = (request.headers.get('authorization') ?? '').split(' ')
  return new Response(`${scheme} of ${token.length} characters`, {
    headers: { 'x-seen': String(seen.length) },
  })
}
