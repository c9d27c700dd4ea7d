import type { TextStorage } from '../shell.ts'
import type { AsyncTexts, ExpoSecureStore, ExpoSecureStoreOptions } from './modules.ts'

/** Some versions of iOS refuse longer ones. */
const longestText = 2_048

/** Keychain and keystore by `expo-secure-store`, which takes few characters in a name and few in a value. */
export function secureStoreAsStorage(
  store: ExpoSecureStore,
  options: ExpoSecureStoreOptions = {},
): TextStorage {
  const guard = { keychainAccessible: store.WHEN_UNLOCKED_THIS_DEVICE_ONLY, ...options }
  return {
    longestText,
    read: async (name) => (await store.getItemAsync(toKey(name), guard)) ?? undefined,
    write: (name, text) => store.setItemAsync(toKey(name), text, guard),
    remove: (name) => store.deleteItemAsync(toKey(name), guard),
  }
}

/** Storage that is deleted together with the app. */
export function asyncTextsAsStorage(texts: AsyncTexts): TextStorage {
  return {
    read: async (name) => (await texts.getItem(name)) ?? undefined,
    write: (name, text) => texts.setItem(name, text),
    remove: (name) => texts.removeItem(name),
  }
}

/** Letters, digits, `.` and `-` as they are, anything else by its number between two `_`: no two names have one key. */
function toKey(name: string): string {
  return name.replace(/[^A-Za-z0-9.-]/gu, (character) => `_${character.codePointAt(0)?.toString(36)}_`)
}
