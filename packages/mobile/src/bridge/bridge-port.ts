import { UsageError } from '@oauth-concierge/core'
import { readError } from './bridge-errors.ts'
import { type BridgeReply, readBridge, writeBridge } from './bridge-wire.ts'

/** The way from a page to the app around it. */
export interface BridgePort {
  post(message: string): void
  /** Calls `listener` with each message from the app, and from nobody else. Gives the way to stop it. */
  listen(listener: (message: unknown) => void): () => void
}

/** Who is at the other end. */
export interface NativeBridgeOptions {
  /** The origin of the app's own page, where this page runs in a frame of it, such as `capacitor://localhost`. Messages go to and come from it only. */
  readonly shellOrigin?: string
  /** Another way to the app. Default: that of react-native-webview, or the parent of this frame. */
  readonly port?: BridgePort
}

/** Asks the app for something and gives its answer. @throws what the app threw; UsageError `invalid_configuration` */
export async function askApp(
  options: NativeBridgeOptions,
  ask: string,
  members: object = {},
): Promise<unknown> {
  const port = findPort(options)
  const id = newId()
  const { value, error } = await new Promise<BridgeReply>((resolve) => {
    const stop = port.listen((text) => {
      const message = readBridge(text)
      if (message?.id !== id || 'ask' in message) return
      stop()
      resolve(message)
    })
    port.post(writeBridge({ id, ask, ...members }))
  })
  if (error) throw readError(error)
  return value
}

/** @throws UsageError `invalid_configuration` where there is no app around this page */
export function findPort({ port, shellOrigin }: NativeBridgeOptions): BridgePort {
  if (port) return port
  const { ReactNativeWebView } = globalThis as BridgedWindow
  if (ReactNativeWebView) return webViewPort(ReactNativeWebView)
  const isFrame = typeof window !== 'undefined' && window.parent !== window
  if (isFrame && shellOrigin !== undefined && shellOrigin !== '*')
    return framePort(window.parent, shellOrigin)
  throw new UsageError(
    'invalid_configuration',
    'There is no app around this page: it is neither in a web view of react-native-webview nor in a frame whose parent is named as shellOrigin.',
  )
}

interface BridgedWindow {
  readonly ReactNativeWebView?: { postMessage(message: string): void }
}

/** The app dispatches its messages itself, on window (iOS) or document (Android). They have no source; those of frames in this page have. */
function webViewPort(webView: NonNullable<BridgedWindow['ReactNativeWebView']>): BridgePort {
  return {
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window and takes one argument
    post: (message) => webView.postMessage(message),
    listen: (listener) => {
      const onMessage = (event: Event): void => {
        const { data, source } = event as MessageEvent<unknown>
        if (!source) listener(data)
      }
      const targets = [window, document]
      for (const target of targets) target.addEventListener('message', onMessage)
      return () => {
        for (const target of targets) target.removeEventListener('message', onMessage)
      }
    },
  }
}

/** Both ways by exact origin, and from the parent itself. */
function framePort(parent: Window, shellOrigin: string): BridgePort {
  return {
    post: (message) => parent.postMessage(message, shellOrigin),
    listen: (listener) => {
      const onMessage = ({ data, source, origin }: MessageEvent<unknown>): void => {
        if (source === parent && origin === shellOrigin) listener(data)
      }
      window.addEventListener('message', onMessage)
      return () => window.removeEventListener('message', onMessage)
    },
  }
}

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(36)).join('-')
}
