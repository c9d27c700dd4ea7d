export {
  type AsyncTexts,
  type ExpoCrypto,
  type ExpoLinking,
  type ExpoModules,
  type ExpoSecureStore,
  type ExpoSecureStoreOptions,
  type ExpoSubscription,
  type ExpoWebBrowser,
  type ReactNativeAppState,
} from './expo/modules.ts'
export { expoShell, type ExpoShellOptions } from './expo/expo-shell.ts'
export { installExpoCrypto } from './expo/install-expo-crypto.ts'
