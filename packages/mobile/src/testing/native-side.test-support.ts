/** A call of a Capacitor plugin, as it crosses the bridge. */
export interface NativeCall {
  readonly id: string
  readonly plugin: string
  readonly method: string
  readonly options: Readonly<Record<string, unknown>>
}

/** What crosses it in the other direction; `id` is that of the call, or of the listener. */
export interface NativeReply {
  readonly id: string
  readonly data?: unknown
  readonly error?: { readonly message: string; readonly code?: string }
}

/** What Capacitor's native part tells the page about a plugin before anything runs there. */
interface PluginHeader {
  readonly name: string
  readonly methods: readonly { readonly name: string; readonly rtype: 'promise' | 'callback' }[]
}

/**
 * The native side of a Capacitor app as we wrote it for tests: the plugins App, Browser, Preferences and SecureStorage, and what the system does with
 * them. Everything on the page's side of the bridge is Capacitor's own. What it keeps outlives every process of the app.
 */
export interface NativeSide {
  /** A process of the app begins, by a link or by hand; `send` reaches its page. The one before hears nothing any more. */
  startProcess(send: (reply: NativeReply) => void, launchUrl?: string): void
  receive(call: NativeCall): void
  /** The addresses that the app has opened in the browser. */
  readonly opened: readonly string[]
  /** How often the app closed the browser. */
  readonly closed: number
  /** The user closes the browser and is back in the app. */
  dismissBrowser(): void
  /** The user turns to another app, and the browser is only hidden. */
  hideBrowser(): void
  /** A link reaches the app while it runs; it is kept until somebody listens. */
  openLink(url: string): void
  resume(): void
  readonly keychain: Map<string, string>
  readonly preferences: Map<string, string>
  /** Every call so far: `SecureStorage.internalGetItem`. */
  readonly calls: string[]
}

const methods = {
  App: ['getLaunchUrl', 'getState'],
  Browser: ['open', 'close'],
  Preferences: ['get', 'set', 'remove'],
  SecureStorage: ['internalGetItem', 'internalSetItem', 'internalRemoveItem'],
} as const

/** The plugins of the native side, as the page is told of them. */
export const pluginHeaders: readonly PluginHeader[] = Object.entries(methods).map(([name, own]) => ({
  name,
  methods: [
    ...own.map((method) => ({ name: method, rtype: 'promise' as const })),
    { name: 'addListener', rtype: 'callback' as const },
    { name: 'removeListener', rtype: 'callback' as const },
  ],
}))

interface NativeProcess {
  readonly send: (reply: NativeReply) => void
  readonly launchUrl: string | undefined
  /** By event, such as `App.resume`, the ids of those who listen. */
  readonly listeners: Map<string, Set<string>>
  /** Events that waited for a listener. */
  readonly retained: Map<string, unknown[]>
}

export function createNativeSide(): NativeSide {
  const opened: string[] = []
  const calls: string[] = []
  const keychain = new Map<string, string>()
  const preferences = new Map<string, string>()
  let process: NativeProcess | undefined
  let isActive = true

  const notify = (event: string, data: unknown, retain = false): void => {
    const ids = process?.listeners.get(event) ?? new Set()
    for (const id of ids) process?.send({ id, data })
    if (ids.size === 0 && retain) process?.retained.set(event, [...(process.retained.get(event) ?? []), data])
  }

  const listen = (event: string, id: string): void => {
    process?.listeners.set(event, new Set([...(process.listeners.get(event) ?? []), id]))
    const waiting = process?.retained.get(event) ?? []
    process?.retained.delete(event)
    for (const data of waiting) process?.send({ id, data })
  }

  const perform: Readonly<Record<string, (options: Readonly<Record<string, string>>) => unknown>> = {
    'App.getLaunchUrl': () => process?.launchUrl && { url: process.launchUrl },
    'App.getState': () => ({ isActive }),
    'Browser.open': ({ url = '' }) => {
      opened.push(url)
      isActive = false
    },
    'Browser.close': () => {
      side.closed += 1
      // iOS reports its own closing as well.
      notify('Browser.browserFinished', null)
    },
    'Preferences.get': ({ key = '' }) => ({ value: preferences.get(key) ?? null }),
    'Preferences.set': ({ key = '', value = '' }) => void preferences.set(key, value),
    'Preferences.remove': ({ key = '' }) => void preferences.delete(key),
    'SecureStorage.internalGetItem': ({ prefixedKey = '' }) => ({ data: keychain.get(prefixedKey) ?? null }),
    'SecureStorage.internalSetItem': ({ prefixedKey = '', data = '' }) =>
      void keychain.set(prefixedKey, data),
    'SecureStorage.internalRemoveItem': ({ prefixedKey = '' }) => ({ success: keychain.delete(prefixedKey) }),
  }

  const side = {
    startProcess: (send: (reply: NativeReply) => void, launchUrl?: string): void => {
      isActive = true
      process = { send, launchUrl, listeners: new Map(), retained: new Map() }
    },
    receive: ({ id, plugin, method, options }: NativeCall): void => {
      calls.push(`${plugin}.${method}`)
      const event = `${plugin}.${String(options['eventName'])}`
      if (method === 'addListener') return listen(event, id)
      if (method === 'removeListener')
        return void process?.listeners.get(event)?.delete(String(options['callbackId']))
      const work = perform[`${plugin}.${method}`]
      const data = work?.(options as Readonly<Record<string, string>>) ?? {}
      process?.send(
        work ? { id, data } : { id, error: { message: 'not implemented', code: 'UNIMPLEMENTED' } },
      )
    },
    opened,
    calls,
    keychain,
    preferences,
    closed: 0,
    dismissBrowser: () => {
      notify('Browser.browserFinished', null)
      side.resume()
    },
    hideBrowser: () => notify('Browser.browserFinished', null),
    openLink: (url: string) => notify('App.appUrlOpen', { url }, true),
    resume: () => {
      isActive = true
      notify('App.resume', null)
    },
  }
  return side
}

/** The page's end of the bridge, as Capacitor's core looks for it: both are functions of the global `Capacitor`. */
export interface PageBridge {
  readonly PluginHeaders: readonly PluginHeader[]
  nativePromise(plugin: string, method: string, options?: object): Promise<unknown>
  nativeCallback(plugin: string, method: string, options?: object, callback?: (data: unknown) => void): string
  /** Where replies arrive. */
  fromNative(reply: NativeReply): void
}

/** Needs nothing from outside of itself, so that its source can be sent to a page. */
export function createPageBridge(
  headers: readonly PluginHeader[],
  post: (call: NativeCall) => void,
): PageBridge {
  const waiting = new Map<string, (reply: NativeReply) => void>()
  let last = 0
  const send = (call: Omit<NativeCall, 'id'>, onReply: (reply: NativeReply) => void): string => {
    last += 1
    const id = String(last)
    waiting.set(id, onReply)
    post({ id, ...call })
    return id
  }
  return {
    PluginHeaders: headers,
    nativePromise: (plugin, method, options = {}) =>
      new Promise((resolve, reject) => {
        send({ plugin, method, options: { ...options } }, ({ data, error }) =>
          error ? reject(Object.assign(new Error(error.message), { code: error.code })) : resolve(data),
        )
      }),
    nativeCallback: (plugin, method, options = {}, callback) =>
      send({ plugin, method, options: { ...options } }, ({ data }) => callback?.(data)),
    fromNative: (reply) => waiting.get(reply.id)?.(reply),
  }
}
