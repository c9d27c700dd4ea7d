import { type Auth, createAuth } from '@oauth-concierge/browser'
import { onTestFinished, vi } from 'vitest'
import { createServer, issuer } from './relying-party-under-test.ts'

const origin = 'https://app.example'

/** Where the page of these modules is, and where its users come back to. */
export const homeOf = (): string => `${origin}/`

/** A form that a page has submitted. */
export interface SubmittedForm {
  readonly action: string
  readonly method: string
  readonly fields: Readonly<Record<string, string>>
}

/** A single-page app in a browser made of the few things that it touches. */
export interface PageUnderTest {
  /** Loads the page at an address and starts it. */
  open(address: string): Promise<Auth>
  logIn(): Promise<void>
  /** Gives the form that takes the user to the authorization server. */
  logOut(): Promise<SubmittedForm>
  /** What the address bar shows. */
  address(): string
}

/** A page with nothing open, at an authorization server that goes by the book. */
export async function createPage(): Promise<PageUnderTest> {
  const server = await createServer()
  const browser = createFakeBrowser()
  vi.stubGlobal('window', browser.window)
  vi.stubGlobal('document', browser.document)
  onTestFinished(() => void vi.unstubAllGlobals())
  let auth: Auth
  const open = async (address: string): Promise<Auth> => {
    browser.goTo(address)
    auth = createAuth({ issuer, clientId: 'spa', runtime: server.runtime })
    await auth.start()
    return auth
  }
  return {
    open,
    address: () => browser.window.location.href,
    logIn: async () => {
      void (await open(`${origin}/`)).login()
      const { searchParams } = new URL(await browser.nextVisit())
      const state = searchParams.get('state') ?? ''
      server.bend.claims = { nonce: searchParams.get('nonce') }
      await open(`${origin}/?${new URLSearchParams({ code: 'code', state, iss: issuer })}`)
    },
    logOut: () => {
      void auth.logout()
      return browser.nextForm()
    },
  }
}

/** The globals that the SDK reads, and what it did with them. */
function createFakeBrowser() {
  const items = new Map<string, string>()
  const visit = createSlot<string>()
  const form = createSlot<SubmittedForm>()
  let url = `${origin}/`
  const deaf = { addEventListener: () => undefined, removeEventListener: () => undefined }
  const window = {
    ...deaf,
    get location() {
      return Object.assign(new URL(url), { assign: visit.settle })
    },
    sessionStorage: {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
      removeItem: (key: string) => void items.delete(key),
    },
    history: {
      replaceState: (_state: unknown, _title: string, address: string | URL) =>
        void (url = new URL(address, url).href),
    },
  }
  const createElement = (): object => {
    const fields: Record<string, string> = {}
    const element = {
      action: '',
      method: '',
      append: ({ name, value }: { name: string; value: string }) => void (fields[name] = value),
      remove: () => undefined,
      submit: () => form.settle({ action: element.action, method: element.method, fields }),
    }
    return element
  }
  return {
    window,
    document: { ...deaf, createElement, body: { append: () => undefined } },
    goTo: (address: string) => void (url = address),
    nextVisit: () => visit.filled,
    nextForm: () => form.filled,
  }
}

/** A value that comes later, once. */
function createSlot<Value>(): { readonly filled: Promise<Value>; settle: (value: Value) => void } {
  let settle: (value: Value) => void = () => undefined
  const filled = new Promise<Value>((resolve) => {
    settle = resolve
  })
  return { filled, settle: (value) => settle(value) }
}
