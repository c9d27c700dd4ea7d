import type { TextStorage } from '../shell.ts'
import type { CapacitorPreferences, CapacitorSecureStorage } from './modules.ts'

/** `whenUnlockedThisDeviceOnly` and its kin, as the plugin numbers them. */
const defaultKeychainAccess = 1

/** Keychain and keystore; never synchronised to other devices. An entry that the plugin calls corrupt is removed: its key is gone. */
export function secureStorageAsStorage(
  storage: CapacitorSecureStorage,
  access: number = defaultKeychainAccess,
): TextStorage {
  const removeText = async (name: string): Promise<void> => void (await storage.remove(name, false))
  return {
    read: async (name) => {
      try {
        const text = await storage.get(name, false, false)
        return typeof text === 'string' ? text : undefined
      } catch (error) {
        if ((error as { readonly code?: unknown } | undefined)?.code !== 'invalidData') throw error
        await removeText(name)
        return undefined
      }
    },
    write: (name, text) => storage.set(name, text, false, false, access),
    remove: removeText,
  }
}

/**
 * The app's preferences: plain text in its own folder. Right for what marks an installation. For tokens it is unsafe (backups, rooted devices and
 * whoever reads the disk see them), so it is called what it is.
 */
export function unsafePreferencesAsStorage(preferences: CapacitorPreferences): TextStorage {
  return {
    read: async (key) => (await preferences.get({ key })).value ?? undefined,
    write: (key, value) => preferences.set({ key, value }),
    remove: (key) => preferences.remove({ key }),
  }
}
