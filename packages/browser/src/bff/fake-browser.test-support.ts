import { onTestFinished, vi } from 'vitest'

/** A page in a browser: what of it the client touches, and means to play with it. */
export interface FakePage {
  /** Addresses that the page went to. */
  readonly visited: readonly string[]
  /** Forms that the page sent. */
  readonly forms: readonly { readonly action: string; readonly fields: Readonly<Record<string, string>> }[]
  /** Fires an event of the window. */
  fire(type: string, members?: object): void
  /** What the other tabs heard. */
  readonly heard: readonly unknown[]
  /** Another tab says something. */
  hear(news: unknown): void
}

export const origin = 'https://app.example'

interface FakeElement {
  readonly children: Partial<Record<'name' | 'value', string>>[]
  action?: string
}

/** Makes this process look like a page at `path`, until the test is over. */
export function openPage(path = '/'): FakePage {
  const target = new EventTarget()
  const visited: string[] = []
  const forms: { action: string; fields: Record<string, string> }[] = []
  const { channelOf, heard, hear } = createChannels()
  const location = { origin, href: `${origin}${path}`, assign: (url: string) => void visited.push(url) }
  const createElement = (): object => {
    const element: FakeElement = { children: [] }
    return Object.assign(element, {
      append: (child: Partial<Record<'name' | 'value', string>>) => element.children.push(child),
      submit: () => {
        const fields = Object.fromEntries(element.children.map(({ name = '', value = '' }) => [name, value]))
        forms.push({ action: element.action ?? '', fields })
      },
      remove: () => undefined,
    })
  }
  const globals = {
    window: globalThis,
    location,
    document: { hidden: false, createElement, body: { append: () => undefined } },
    navigator: { onLine: true },
    sessionStorage: {},
    BroadcastChannel: channelOf,
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
  }
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  onTestFinished(() => void vi.unstubAllGlobals())
  const fire = (type: string, members: object = {}): void => {
    const event = new Event(type)
    for (const [name, value] of Object.entries(members)) Object.defineProperty(event, name, { value })
    target.dispatchEvent(event)
  }
  return { visited, forms, fire, heard, hear }
}

/** Channels of one browser: what is posted is heard by the others at once. */
function createChannels() {
  const heard: unknown[] = []
  const listeners: ((event: { readonly data: unknown }) => void)[] = []
  class Channel {
    addEventListener(_: string, listener: (event: { readonly data: unknown }) => void): void {
      listeners.push(listener)
    }
    postMessage(data: unknown): void {
      heard.push(data)
    }
  }
  const hear = (data: unknown): void => listeners.forEach((listener) => listener({ data }))
  return { channelOf: Channel, heard, hear }
}
