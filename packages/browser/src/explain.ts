import type { Session } from '@oauth-concierge/core'
import type { AuthParts } from './auth-parts.ts'
import type { AuthEvent } from './events.ts'

/** What a page can tell of itself, as plain data without a secret: fit to be pasted into a bug report. */
export interface Report {
  readonly issuer: string
  readonly clientId: string
  readonly tokenStore: string
  readonly session: Session['status']
  /** Seconds until the access token at hand ends; undefined where there is none or nobody knows. */
  readonly accessTokenEndsIn: number | undefined
  /** What the browser has of what is built upon, by name. */
  readonly browser: Readonly<Record<string, boolean>>
  /** What happened, oldest first. */
  readonly events: readonly AuthEvent[]
}

export async function explain({ options, engine, runtime, diary, tokenStore }: AuthParts): Promise<Report> {
  const { session } = engine
  const end = session.status === 'authenticated' ? session.accessTokenExpiresAt : undefined
  return {
    issuer: options.issuer,
    clientId: options.clientId,
    tokenStore,
    session: session.status,
    accessTokenEndsIn: end === undefined ? undefined : Math.round(end - runtime.clock.wallTime() / 1000),
    browser: probeBrowser(runtime.isOnline()),
    events: diary.read(),
  }
}

/** Whether each is there; whether it works shows in the events. */
function probeBrowser(isOnline: boolean): Report['browser'] {
  const { navigator, crypto } = globalThis as unknown as { navigator?: object; crypto?: { subtle?: unknown } }
  const has = (name: string): boolean => name in globalThis
  return {
    page: has('document'),
    online: isOnline,
    secureContext: (globalThis as { isSecureContext?: boolean }).isSecureContext === true,
    webCrypto: crypto?.subtle !== undefined,
    webLocks: 'locks' in Object(navigator),
    broadcastChannel: has('BroadcastChannel'),
    sharedWorker: has('SharedWorker'),
    worker: has('Worker'),
    indexedDb: has('indexedDB'),
  }
}
