import { keyValueStoreCases } from '@oauth-concierge/core/testing'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createBoxStore } from '../storage/box-store.ts'
import { secureStoreAsStorage } from './expo-storage.ts'
import { expoShell } from './expo-shell.ts'
import { installExpoCrypto } from './install-expo-crypto.ts'
import type { ExpoModules, ExpoSecureStoreOptions } from './modules.ts'

/** Stand-ins for Expo's modules, with the rules that their JavaScript enforces. They do not load outside of React Native. */
interface ExpoFake extends ExpoModules {
  readonly keychain: Map<string, { value: string; options: ExpoSecureStoreOptions | undefined }>
  readonly texts: Map<string, string>
  emit(event: 'url' | 'change', value: string): void
  /** What the next visit to the browser ends with. */
  result: { type: string; url?: string }
  readonly open: ReturnType<typeof vi.fn<ExpoModules['WebBrowser']['openAuthSessionAsync']>>
}

function createExpo(): ExpoFake {
  const keychain: ExpoFake['keychain'] = new Map()
  const texts = new Map<string, string>()
  const listeners = new Map<string, Set<(value: string) => void>>()
  const listen = (event: string, listener: (value: string) => void): { remove(): void } => {
    listeners.set(event, new Set([...(listeners.get(event) ?? []), listener]))
    return { remove: () => void listeners.get(event)?.delete(listener) }
  }
  const checked = (key: string): string => {
    if (!/^[\w.-]+$/.test(key)) throw new Error('Invalid key provided to SecureStore.')
    return key
  }
  const open = vi.fn<ExpoModules['WebBrowser']['openAuthSessionAsync']>(async () => fake.result)
  const fake: ExpoFake = {
    keychain,
    texts,
    open,
    result: { type: 'cancel' },
    emit: (event, value) => {
      for (const listener of listeners.get(event) ?? []) listener(value)
    },
    WebBrowser: {
      openAuthSessionAsync: open,
      dismissAuthSession: () => {
        throw new Error('The method dismissBrowser is not available on android')
      },
    },
    Linking: {
      getInitialURL: async () => null,
      addEventListener: (type, listener) => listen(type, (url) => listener({ url })),
    },
    SecureStore: {
      WHEN_UNLOCKED_THIS_DEVICE_ONLY: 6,
      getItemAsync: async (key) => keychain.get(checked(key))?.value ?? null,
      setItemAsync: async (key, value, options) => {
        if (Buffer.byteLength(value) > 2_048) throw new Error('Value is too large')
        keychain.set(checked(key), { value, options })
      },
      deleteItemAsync: async (key) => void keychain.delete(checked(key)),
    },
    AppState: { addEventListener: (type, listener) => listen(type, listener) },
    AsyncStorage: {
      getItem: async (key) => texts.get(key) ?? null,
      setItem: async (key, value) => void texts.set(key, value),
      removeItem: async (key) => void texts.delete(key),
    },
  }
  return fake
}

let expo: ExpoFake

beforeEach(() => {
  expo = createExpo()
})

describe('the shell of an Expo app', () => {
  const link = 'com.example.app:/callback?code=1'

  it('opens a session made for logins, and gives the address it ended at', async () => {
    expo.result = { type: 'success', url: link }
    const options = { redirectUri: 'com.example.app:/callback', ephemeral: true }
    await expect(expoShell(expo).openAgent('https://id.example/', options)).resolves.toEqual({
      type: 'answered',
      link,
    })
    expect(expo.open).toHaveBeenCalledWith('https://id.example/', options.redirectUri, {
      preferEphemeralSession: true,
      preferUniversalLinks: false,
    })
  })

  it('watches for a claimed https link where the system can', async () => {
    const options = { redirectUri: 'https://app.example.com/callback', ephemeral: false }
    await expoShell(expo).openAgent('https://id.example/', options)
    expect(expo.open.mock.lastCall?.[2]).toMatchObject({ preferUniversalLinks: true })
  })

  it.each(['cancel', 'dismiss'])('takes %s for a dismissal', async (type) => {
    expo.result = { type }
    const options = { redirectUri: undefined, ephemeral: false }
    await expect(expoShell(expo).openAgent('https://id.example/', options)).resolves.toEqual({
      type: 'dismissed',
    })
  })

  it('says that a session is open already', async () => {
    expo.result = { type: 'locked' }
    await expect(
      expoShell(expo).openAgent('https://id.example/', { redirectUri: undefined, ephemeral: false }),
    ).rejects.toThrow('open')
  })

  it('rejects a dismissal where the platform has none, so that it is not taken for done', async () => {
    await expect(expoShell(expo).dismissAgent()).rejects.toThrow('not available')
  })

  it('hands over links and coming back, until it is told to stop', async () => {
    const shell = expoShell(expo)
    const links: string[] = []
    const resumed = vi.fn<() => void>()
    const stops = [await shell.onLink((link) => void links.push(link)), await shell.onResume(resumed)]
    expo.emit('url', link)
    expo.emit('change', 'background')
    expect(resumed).not.toHaveBeenCalled()
    expo.emit('change', 'active')
    for (const stop of stops) stop()
    expo.emit('url', link)
    expo.emit('change', 'active')
    expect(links).toEqual([link])
    expect(resumed).toHaveBeenCalledOnce()
    await expect(shell.launchLink()).resolves.toBeUndefined()
  })

  it('asks for a fingerprint for tokens only', async () => {
    const guard = {
      requireAuthentication: true,
      authenticationPrompt: 'Unlock your orders',
      keychainAccessible: 4,
    }
    const shell = expoShell(expo, { tokens: guard })
    await shell.tokens.write('tokens', 'x')
    await shell.logins.write('logins', 'x')
    expect(expo.keychain.get('tokens')?.options).toEqual(guard)
    expect(expo.keychain.get('logins')?.options).toEqual({ keychainAccessible: 4 })
  })

  it('keeps everything on this device unless it is told otherwise', async () => {
    await expoShell(expo).tokens.write('tokens', 'x')
    expect(expo.keychain.get('tokens')?.options).toEqual({ keychainAccessible: 6 })
  })

  it('keeps the mark of the installation where it goes with the app', async () => {
    await expoShell(expo).installation?.write('concierge:installation:app@https://id.example', 'mark')
    expect([...expo.texts.values()]).toEqual(['mark'])
    const { AsyncStorage: _, ...without } = expo
    expect(expoShell(without).installation).toBeUndefined()
  })
})

describe('expo-secure-store as a store', () => {
  it.each(
    keyValueStoreCases(async () => createBoxStore(secureStoreAsStorage(createExpo().SecureStore), 'box')),
  )('$name', ({ run }) => run())

  it('takes names that it would refuse, and large values in small parts', async () => {
    const store = createBoxStore(
      secureStoreAsStorage(expo.SecureStore),
      'concierge:tokens:app@https://id.example/é',
    )
    await store.put('concierge:tokens', { accessToken: 'x'.repeat(6_000) })
    expect((await store.get('concierge:tokens'))?.value).toEqual({ accessToken: 'x'.repeat(6_000) })
    expect(expo.keychain.size).toBeGreaterThan(3)
    await store.wipe()
    expect(expo.keychain.size).toBe(0)
  })

  it('keeps names apart', async () => {
    const texts = secureStoreAsStorage(expo.SecureStore)
    const names = ['a:b', 'a_b', 'a_1m_b', 'a.b', 'a/b', 'A:b']
    for (const name of names) await texts.write(name, name)
    for (const name of names) await expect(texts.read(name)).resolves.toBe(name)
  })
})

describe('expo-crypto in the place of what is missing', () => {
  const real = globalThis.crypto
  const expoCrypto = {
    getRandomValues: (bytes: Uint8Array<ArrayBuffer>) => bytes.fill(7),
    digest: vi.fn<(algorithm: never, data: BufferSource) => Promise<ArrayBuffer>>((_, data) =>
      real.subtle.digest('SHA-256', data),
    ),
  }

  it('leaves what is there', () => {
    installExpoCrypto(expoCrypto)
    expect(globalThis.crypto).toBe(real)
  })

  it('brings random values and digests', async () => {
    vi.stubGlobal('crypto', undefined)
    try {
      installExpoCrypto(expoCrypto)
      expect(crypto.getRandomValues(new Uint16Array(1))).toEqual(new Uint16Array([0x0707]))
      expect((await crypto.subtle.digest({ name: 'SHA-256' }, new Uint8Array())).byteLength).toBe(32)
      expect(expoCrypto.digest).toHaveBeenCalledWith('SHA-256', new Uint8Array())
      expect(crypto.subtle.verify).toBeUndefined()
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
