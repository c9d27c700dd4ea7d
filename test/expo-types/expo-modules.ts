import AsyncStorage from '@react-native-async-storage/async-storage'
import * as Crypto from 'expo-crypto'
import * as Linking from 'expo-linking'
import * as SecureStore from 'expo-secure-store'
import * as WebBrowser from 'expo-web-browser'
import { AppState } from 'react-native'
import { createMobileAuth } from '../../packages/mobile/src/index.ts'
import { type ExpoModules, expoShell, installExpoCrypto } from '../../packages/mobile/src/expo.ts'

/** The real modules fit, as they are. */
const modules: ExpoModules = { WebBrowser, Linking, SecureStore, AppState, AsyncStorage }

/** They are no `any`: what is not there is found out. */
// @ts-expect-error Linking opens no sessions
modules.WebBrowser satisfies typeof Linking
// @ts-expect-error `type` is a text
WebBrowser.openAuthSessionAsync('', '').then(({ type }) => type satisfies number)
// @ts-expect-error a subscription is no text
AppState.addEventListener('change', () => undefined) satisfies string
// @ts-expect-error a link is no number
Linking.getInitialURL() satisfies Promise<number>
// @ts-expect-error a value is no number
SecureStore.getItemAsync('key') satisfies Promise<number>
// @ts-expect-error a value is no number
AsyncStorage.getItem('key') satisfies Promise<number>

installExpoCrypto(Crypto)

export const auth = createMobileAuth({
  issuer: 'https://id.example.com',
  clientId: 'app',
  redirectUri: 'com.example.app:/callback',
  shell: expoShell(modules, {
    tokens: {
      keychainAccessible: SecureStore.AFTER_FIRST_UNLOCK_THIS_DEVICE_ONLY,
      requireAuthentication: true,
      authenticationPrompt: 'Unlock',
    },
  }),
})
