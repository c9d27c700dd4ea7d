import { isAuthorizationResponse, UsageError } from '@oauth-concierge/core'
import type { Shell, TextStorage } from '../shell.ts'

/**
 * The same app in an ordinary browser: the page itself goes to the authorization server and comes back. Logins under way are in sessionStorage,
 * tokens in the page's memory. It refuses to work in a web view: there the page that asks for the password would be the app's own.
 */
export function webShell(): Shell {
  return {
    agent: 'page',
    openAgent: (url) => {
      refuseWebView()
      window.location.assign(url)
      return new Promise(() => undefined)
    },
    dismissAgent: async () => undefined,
    launchLink: async () => takeAddress(),
    onLink: async () => () => undefined,
    onResume: async (listener) => {
      const onVisible = (): void => void (document.visibilityState === 'visible' && listener())
      document.addEventListener('visibilitychange', onVisible)
      return () => document.removeEventListener('visibilitychange', onVisible)
    },
    tokens: createMemoryTexts(),
    logins: sessionTexts,
    submitForm: (endpoint, parameters) => {
      refuseWebView()
      submitForm(endpoint, parameters)
      return new Promise(() => undefined)
    },
  }
}

const wordsOfResponse = [
  'code',
  'state',
  'iss',
  'error',
  'error_description',
  'error_uri',
  'response',
  'session_state',
]

/** The page's address if it holds an authorization response; the address is clean from then on. */
function takeAddress(): string | undefined {
  const address = new URL(window.location.href)
  const fragment = new URLSearchParams(address.hash.slice(1))
  if (!isAuthorizationResponse(address.searchParams) && !isAuthorizationResponse(fragment)) return undefined
  const link = address.href
  for (const name of wordsOfResponse) address.searchParams.delete(name)
  if (isAuthorizationResponse(fragment)) address.hash = ''
  window.history.replaceState(window.history.state, '', address)
  return link
}

/** @throws UsageError `invalid_configuration` @see RFC 8252 section 8.12 */
function refuseWebView(): void {
  const { Capacitor, ReactNativeWebView } = globalThis as {
    readonly Capacitor?: { isNativePlatform?(): boolean }
    readonly ReactNativeWebView?: unknown
  }
  const isWebView =
    Capacitor?.isNativePlatform?.() === true ||
    ReactNativeWebView !== undefined ||
    /; wv\)/.test(navigator.userAgent) ||
    !/^https?:$/.test(window.location.protocol)
  if (isWebView) {
    throw new UsageError(
      'invalid_configuration',
      'This page runs in a web view, which must not ask for a password: use capacitorShell(…), or the bridge to the app around it.',
    )
  }
}

/** A form POST, so that the ID token hint is in no URL, history or Referer. */
function submitForm(action: string, parameters: Readonly<Record<string, string>>): void {
  const form = Object.assign(document.createElement('form'), { method: 'post', action, hidden: true })
  for (const [name, value] of Object.entries(parameters)) {
    form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }))
  }
  document.body.append(form)
  form.submit()
}

function createMemoryTexts(): TextStorage {
  const texts = new Map<string, string>()
  return {
    read: async (name) => texts.get(name),
    write: async (name, text) => void texts.set(name, text),
    remove: async (name) => void texts.delete(name),
  }
}

const sessionTexts: TextStorage = {
  read: async (name) => window.sessionStorage.getItem(name) ?? undefined,
  write: async (name, text) => window.sessionStorage.setItem(name, text),
  remove: async (name) => window.sessionStorage.removeItem(name),
}
