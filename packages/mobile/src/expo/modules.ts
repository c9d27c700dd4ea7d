/** What React Native gives for a listener. */
export interface ExpoSubscription {
  remove(): void
}

/** The part of `expo-web-browser` that is used. */
export interface ExpoWebBrowser {
  openAuthSessionAsync(
    url: string,
    redirectUrl?: string | null,
    options?: { preferEphemeralSession?: boolean; preferUniversalLinks?: boolean },
  ): Promise<{ type: string; url?: string }>
  dismissAuthSession(): void
}

/** The part of `expo-linking` that is used. */
export interface ExpoLinking {
  getInitialURL(): Promise<string | null>
  addEventListener(type: 'url', listener: (opened: { url: string }) => void): ExpoSubscription
}

/** How the keychain or keystore guards an entry, in the words of `expo-secure-store`. */
export interface ExpoSecureStoreOptions {
  readonly keychainService?: string
  readonly keychainAccessible?: number
  readonly requireAuthentication?: boolean
  readonly authenticationPrompt?: string
  readonly accessGroup?: string
}

/** The part of `expo-secure-store` that is used. */
export interface ExpoSecureStore {
  readonly WHEN_UNLOCKED_THIS_DEVICE_ONLY: number
  getItemAsync(key: string, options?: ExpoSecureStoreOptions): Promise<string | null>
  setItemAsync(key: string, value: string, options?: ExpoSecureStoreOptions): Promise<void>
  deleteItemAsync(key: string, options?: ExpoSecureStoreOptions): Promise<void>
}

/** The part of React Native's `AppState` that is used. */
export interface ReactNativeAppState {
  addEventListener(type: 'change', listener: (state: string) => void): ExpoSubscription
}

/** Storage that is deleted together with the app, such as `@react-native-async-storage/async-storage`. */
export interface AsyncTexts {
  getItem(key: string): Promise<string | null>
  setItem(key: string, value: string): Promise<void>
  removeItem(key: string): Promise<void>
}

/** The part of `expo-crypto` that is used. */
export interface ExpoCrypto {
  getRandomValues(array: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>
  digest(algorithm: never, data: BufferSource): Promise<ArrayBuffer>
}

/** The modules, as `import * as WebBrowser from 'expo-web-browser'` and so on give them. */
export interface ExpoModules {
  readonly WebBrowser: ExpoWebBrowser
  readonly Linking: ExpoLinking
  readonly SecureStore: ExpoSecureStore
  /** From `react-native`. */
  readonly AppState: ReactNativeAppState
  /** Without it, tokens that outlived an uninstall (an iPhone's keychain does) are taken for the new installation's. */
  readonly AsyncStorage?: AsyncTexts
}
