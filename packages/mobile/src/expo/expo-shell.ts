import type { AgentOptions, AgentResult, Shell, Stop } from '../shell.ts'
import { asyncTextsAsStorage, secureStoreAsStorage } from './expo-storage.ts'
import type { ExpoModules, ExpoSecureStoreOptions, ExpoSubscription } from './modules.ts'

/** What can be different from one app to the next. */
export interface ExpoShellOptions {
  /**
   * How keychain and keystore guard the tokens. Default: `WHEN_UNLOCKED_THIS_DEVICE_ONLY`; an app whose background task refreshes needs
   * `AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY`. With `requireAuthentication` the system asks for a fingerprint or face whenever they are read or written.
   */
  readonly tokens?: ExpoSecureStoreOptions
}

/**
 * The shell of an Expo or React Native app: ASWebAuthenticationSession on iOS, Custom Tabs on Android, deep links, keychain or keystore. The modules are
 * handed in; nothing is imported here.
 */
export function expoShell(modules: ExpoModules, options: ExpoShellOptions = {}): Shell {
  const { WebBrowser, Linking, SecureStore, AppState, AsyncStorage } = modules
  const { keychainService, accessGroup, keychainAccessible } = options.tokens ?? {}
  const unguarded = withoutUndefined({ keychainService, accessGroup, keychainAccessible })
  return {
    agent: 'external',
    openAgent: (url, agent) => openAuthSession(WebBrowser, url, agent),
    dismissAgent: async () => WebBrowser.dismissAuthSession(),
    launchLink: async () => (await Linking.getInitialURL()) ?? undefined,
    onLink: async (listener) => stopOf(Linking.addEventListener('url', ({ url }) => listener(url))),
    onResume: async (listener) =>
      stopOf(AppState.addEventListener('change', (state) => void (state === 'active' && listener()))),
    tokens: secureStoreAsStorage(SecureStore, options.tokens),
    logins: secureStoreAsStorage(SecureStore, unguarded),
    ...(AsyncStorage && { installation: asyncTextsAsStorage(AsyncStorage) }),
  }
}

function stopOf(subscription: ExpoSubscription): Stop {
  return () => subscription.remove()
}

async function openAuthSession(
  browser: ExpoModules['WebBrowser'],
  url: string,
  { redirectUri, ephemeral }: AgentOptions,
): Promise<AgentResult> {
  const result = await browser.openAuthSessionAsync(url, redirectUri ?? null, {
    preferEphemeralSession: ephemeral,
    preferUniversalLinks: redirectUri?.startsWith('https:') ?? false,
  })
  if (result.type === 'locked') throw new Error('Another session is open.')
  return result.url === undefined ? { type: 'dismissed' } : { type: 'answered', link: result.url }
}

function withoutUndefined(options: Readonly<Record<string, unknown>>): ExpoSecureStoreOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))
}
