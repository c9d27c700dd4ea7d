import { vi } from 'vitest'
import { createStorageArea } from './storage-area.test-support.ts'

const partsOfAddress = [
  'href',
  'origin',
  'protocol',
  'host',
  'hostname',
  'pathname',
  'search',
  'hash',
] as const

/** A window as far as this package looks at one. */
export class FakeWindow extends EventTarget {
  closed = false
  opener: unknown = null
  parent: unknown = this
  top: unknown = this
  screenX = 100
  screenY = 50
  outerWidth = 1_280
  outerHeight = 840
  readonly sessionStorage = createStorageArea()
  readonly localStorage = createStorageArea()
  /** Where the window went, in order. */
  readonly visited: string[] = []
  readonly posted: { readonly message: unknown; readonly origin: string }[] = []
  /** How often the page was loaded anew. */
  reloads = 0
  /** What `open` gives, or null where the browser blocks it. */
  opens: () => FakeWindow | null = () => new FakeWindow('about:blank')
  readonly opened: FakeWindow[] = []
  /** How windows were asked for. */
  readonly features: string[] = []
  document: FakeDocument | undefined = new FakeDocument()
  history = {
    state: null as unknown,
    replaceState: (state: unknown, _: string, url?: string | URL) => {
      this.history.state = state
      if (url !== undefined) this.#address = new URL(url, this.#address)
    },
  }
  readonly location: object
  #address: URL

  constructor(address: string) {
    super()
    this.#address = new URL(address)
    const part = (name: keyof URL): PropertyDescriptor => ({ get: () => this.#address[name] })
    const visit = { value: (url: string): void => void this.visited.push(url) }
    this.location = Object.defineProperties(
      {},
      {
        ...Object.fromEntries(partsOfAddress.map((name) => [name, part(name)])),
        assign: visit,
        replace: visit,
        reload: { value: () => void (this.reloads += 1) },
      },
    )
  }

  get address(): string {
    return this.#address.href
  }

  open(_url: string, _name: string, features: string): FakeWindow | null {
    this.features.push(features)
    const opened = this.opens()
    if (opened) this.opened.push(opened)
    return opened
  }

  postMessage(message: unknown, origin: string): void {
    this.posted.push({ message, origin })
  }

  close(): void {
    this.closed = true
  }
}

/** A document as far as this package looks at one. */
export class FakeDocument extends EventTarget {
  prerendering = false
  visibilityState = 'visible'
  isFocused = true
  readonly frames: FakeFrame[] = []
  readonly body = { append: (frame: FakeFrame): void => void this.frames.push(frame) }

  hasFocus(): boolean {
    return this.isFocused
  }

  createElement(): FakeFrame {
    return new FakeFrame()
  }
}

export class FakeFrame {
  src = ''
  hidden = false
  isRemoved = false
  contentDocument: object | null = null
  readonly attributes: Record<string, string> = {}
  readonly contentWindow = new FakeWindow('about:blank')

  setAttribute(name: string, value: string): void {
    this.attributes[name] = value
  }

  remove(): void {
    this.isRemoved = true
  }
}

/** Makes the globals those of a page at this address. Undone by `vi.unstubAllGlobals()`. */
export function showPage(address: string): FakeWindow & { readonly document: FakeDocument } {
  const window = new FakeWindow(address)
  const { document, location, history, localStorage, sessionStorage } = window
  const globals = { window, document, location, history, localStorage, sessionStorage }
  for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value)
  return window as FakeWindow & { readonly document: FakeDocument }
}

export function pageTransition(persisted: boolean): Event {
  return Object.assign(new Event('pageshow'), { persisted })
}

/** A message as a page of this origin, or of another, would send it. */
export function messageEvent(data: unknown, source: unknown, origin: string): Event {
  return Object.assign(new Event('message'), { data, source, origin })
}

/** Lets every promise that can go on do so, messages between channels included. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
