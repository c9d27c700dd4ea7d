import { UsageError } from '@oauth-concierge/core'
import type { AgentOptions, AgentResult, Shell, Stop, TextStorage } from '../shell.ts'
import { secureStorageAsStorage, unsafePreferencesAsStorage } from './capacitor-storage.ts'
import type { CapacitorListener, CapacitorModules } from './modules.ts'

/**
 * Opens a session made for logins, by a plugin that offers one: ASWebAuthenticationSession on iOS, Auth Tab on Android. Gives the address it was sent
 * to at the end; undefined where the user closed it.
 */
export type OpenAuthSession = (url: string, options: AgentOptions) => Promise<string | undefined>

/** What can be different from one app to the next. */
export interface CapacitorShellOptions {
  /**
   * When the keychain gives tokens out on iOS, as the storage plugin numbers it. Default 1, `whenUnlockedThisDeviceOnly`; an app whose background task
   * refreshes needs 3, `afterFirstUnlockThisDeviceOnly`. Both stay on the device.
   */
  readonly keychainAccess?: number
  /** Where tokens are kept instead, as behind a fingerprint. Default: the secure storage. */
  readonly tokens?: TextStorage
  /** A plugin's session for logins, in place of the browser tab. It is needed for `ephemeral`. */
  readonly openAuthSession?: OpenAuthSession
  /** How the browser tab looks. */
  readonly browser?: { readonly toolbarColor?: string; readonly presentationStyle?: 'fullscreen' | 'popover' }
}

/**
 * The shell of a Capacitor app: a browser tab of the system (SFSafariViewController, Custom Tabs), deep links by `@capacitor/app`, the keychain or
 * keystore. The plugins are handed in; nothing is imported here.
 * @throws UsageError `invalid_configuration` in an ordinary browser: there it is `webShell()`
 */
export function capacitorShell(modules: CapacitorModules, options: CapacitorShellOptions = {}): Shell {
  refuseBrowser()
  const { App, Preferences } = modules
  const secure = secureStorageAsStorage(modules.SecureStorage, options.keychainAccess)
  const tab = createTab(modules, options)
  return {
    agent: 'external',
    openAgent: (url, agent) =>
      options.openAuthSession ? openSession(options.openAuthSession, url, agent) : tab.open(url, agent),
    dismissAgent: tab.close,
    launchLink: async () => (await App.getLaunchUrl())?.url || undefined,
    onLink: async (listener) => stopOf(await App.addListener('appUrlOpen', ({ url }) => listener(url))),
    onResume: async (listener) => stopOf(await App.addListener('resume', listener)),
    tokens: options.tokens ?? secure,
    logins: secure,
    ...(Preferences && { installation: unsafePreferencesAsStorage(Preferences) }),
  }
}

/** Capacitor's web implementations open popups and write to localStorage. */
function refuseBrowser(): void {
  const { Capacitor } = globalThis as { readonly Capacitor?: { isNativePlatform?(): boolean } }
  if (Capacitor?.isNativePlatform?.() === false) {
    throw new UsageError(
      'invalid_configuration',
      'This is an ordinary browser, where Capacitor has neither a browser tab nor a keychain. Use webShell() there: Capacitor.isNativePlatform() tells.',
    )
  }
}

function stopOf(listener: CapacitorListener): Stop {
  return () => void listener.remove().catch(() => undefined)
}

async function openSession(open: OpenAuthSession, url: string, options: AgentOptions): Promise<AgentResult> {
  const link = await open(url, options)
  return link === undefined ? { type: 'dismissed' } : { type: 'answered', link }
}

interface Tab {
  open(url: string, options: AgentOptions): Promise<AgentResult>
  close(): Promise<void>
}

/** A tab that is open is listened to until it is closed, by the user or by us. */
function createTab(modules: CapacitorModules, options: CapacitorShellOptions): Tab {
  const { Browser } = modules
  let stopListening: Stop | undefined
  const stop = (): boolean => {
    const wasOpen = stopListening !== undefined
    stopListening?.()
    stopListening = undefined
    return wasOpen
  }
  return {
    open: async (url, { ephemeral }) => {
      if (ephemeral) throw noEphemeralTab()
      stop()
      const closing = listenForClosing(modules)
      stopListening = closing.stop
      await Browser.open({ url, ...options.browser })
      await closing.closed
      stop()
      return { type: 'dismissed' }
    },
    close: async () => {
      if (stop()) await Browser.close()
    },
  }
}

/**
 * Android calls a tab finished when it is only hidden, as while the user looks a code up in another app. It is closed when this app is in front again.
 */
function listenForClosing({ App, Browser }: CapacitorModules): {
  readonly closed: Promise<void>
  readonly stop: Stop
} {
  let isHidden = false
  let listeners: readonly Promise<CapacitorListener>[] = []
  const closed = new Promise<void>((resolve) => {
    const onFinished = async (): Promise<void> => {
      isHidden = true
      const { isActive } = await App.getState()
      if (isActive) resolve()
    }
    listeners = [
      Browser.addListener('browserFinished', () => void onFinished().catch(resolve)),
      App.addListener('resume', () => void (isHidden && resolve())),
    ]
  })
  const stop = (): void => {
    for (const listening of listeners) listening.then((listener) => listener.remove()).catch(() => undefined)
  }
  return { closed, stop }
}

function noEphemeralTab(): UsageError {
  return new UsageError(
    'invalid_configuration',
    'A browser tab shares the cookies of the system browser. For `ephemeral` hand in `openAuthSession`, from a plugin that offers it.',
  )
}
