export {
  type CapacitorApp,
  type CapacitorBrowser,
  type CapacitorListener,
  type CapacitorModules,
  type CapacitorPreferences,
  type CapacitorSecureStorage,
} from './capacitor/modules.ts'
export {
  capacitorShell,
  type CapacitorShellOptions,
  type OpenAuthSession,
} from './capacitor/capacitor-shell.ts'
export { unsafePreferencesAsStorage } from './capacitor/capacitor-storage.ts'
