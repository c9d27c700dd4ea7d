import { keyValueStoreCases } from '@oauth-concierge/core/testing'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { createBoxStore } from '../storage/box-store.ts'
import type { Shell } from '../shell.ts'
import {
  createNativeSide,
  createPageBridge,
  type NativeSide,
  pluginHeaders,
} from '../testing/native-side.test-support.ts'
import { secureStorageAsStorage } from './capacitor-storage.ts'
import { capacitorShell, type CapacitorShellOptions } from './capacitor-shell.ts'
import type { CapacitorModules } from './modules.ts'

let native: NativeSide
let modules: CapacitorModules
const visit = { redirectUri: 'com.example.app:/callback', ephemeral: false }

/**
 * What is real here: Capacitor's core and the four plugins' JavaScript, on their native path. What is ours: the native side behind the bridge.
 * The core looks for its platform when it is loaded, so the bridge comes first.
 */
beforeAll(async () => {
  const bridge = createPageBridge(pluginHeaders, (call) => native.receive(call))
  Object.assign(globalThis, { androidBridge: {}, Capacitor: bridge })
  native = createNativeSide()
  const { App } = await import('@capacitor/app')
  const { Browser } = await import('@capacitor/browser')
  const { Preferences } = await import('@capacitor/preferences')
  const { SecureStorage } = await import('@aparajita/capacitor-secure-storage')
  modules = { App, Browser, Preferences, SecureStorage }
  send = (reply) => void queueMicrotask(() => bridge.fromNative(reply))
})

let send: Parameters<NativeSide['startProcess']>[0]

beforeEach(() => {
  native = createNativeSide()
  native.startProcess(send)
})

const shellOf = (options?: CapacitorShellOptions): Shell => capacitorShell(modules, options)

describe('the shell of a Capacitor app', () => {
  it('runs on the native path', async () => {
    const { Capacitor } = await import('@capacitor/core')
    expect(Capacitor.isNativePlatform()).toBe(true)
    expect(Capacitor.getPlatform()).toBe('android')
  })

  it('opens the browser, and says when the user closed it', async () => {
    const visited = shellOf().openAgent('https://id.example/authorize', visit)
    await vi.waitFor(() => expect(native.opened).toEqual(['https://id.example/authorize']))
    native.dismissBrowser()
    await expect(visited).resolves.toEqual({ type: 'dismissed' })
  })

  it('takes no tab for closed that is hidden while the user is in another app', async () => {
    const ended = vi.fn<(result: unknown) => void>()
    const visited = shellOf().openAgent('https://id.example/authorize', visit)
    void visited.then(ended)
    await vi.waitFor(() => expect(native.opened).toHaveLength(1))
    native.hideBrowser()
    await vi.waitFor(() => expect(native.calls).toContain('App.getState'))
    await shellOf().launchLink()
    expect(ended).not.toHaveBeenCalled()
    native.resume()
    await expect(visited).resolves.toEqual({ type: 'dismissed' })
  })

  it('closes the browser that it opened, and none that it did not', async () => {
    const shell = shellOf()
    await shell.dismissAgent()
    expect(native.closed).toBe(0)
    void shell.openAgent('https://id.example/authorize', visit)
    await vi.waitFor(() => expect(native.opened).toHaveLength(1))
    await shell.dismissAgent()
    await shell.dismissAgent()
    expect(native.closed).toBe(1)
  })

  it('gives the link that started the app, or none', async () => {
    await expect(shellOf().launchLink()).resolves.toBeUndefined()
    native.startProcess(send, 'com.example.app:/callback?code=1')
    await expect(shellOf().launchLink()).resolves.toBe('com.example.app:/callback?code=1')
  })

  it('hands over links, those that came before anybody listened too, until it is told to stop', async () => {
    native.openLink('com.example.app:/early')
    const links: string[] = []
    const stop = await shellOf().onLink((link) => void links.push(link))
    native.openLink('com.example.app:/late')
    await vi.waitFor(() => expect(links).toEqual(['com.example.app:/early', 'com.example.app:/late']))
    stop()
    await vi.waitFor(() => expect(native.calls).toContain('App.removeListener'))
    native.openLink('com.example.app:/unheard')
    await shellOf().launchLink()
    expect(links).toHaveLength(2)
  })

  it('says when the app comes back', async () => {
    const resumed = vi.fn<() => void>()
    await shellOf().onResume(resumed)
    native.resume()
    await vi.waitFor(() => expect(resumed).toHaveBeenCalledOnce())
  })

  it('keeps tokens in the keychain of this device, with the access that was asked for', async () => {
    const set = vi.spyOn(native, 'receive')
    await shellOf({ keychainAccess: 3 }).tokens.write('name', 'text')
    expect(set.mock.calls.map(([{ options }]) => options)).toContainEqual(
      expect.objectContaining({ data: '"text"', sync: false, access: 3 }),
    )
    await expect(shellOf().tokens.read('name')).resolves.toBe('text')
    expect(native.preferences.size).toBe(0)
  })

  it('keeps the mark of the installation in the preferences', async () => {
    await shellOf().installation?.write('name', 'mark')
    expect([...native.preferences.values()]).toEqual(['mark'])
    expect(native.keychain.size).toBe(0)
  })

  it('uses a session made for logins where a plugin has one', async () => {
    const openAuthSession = vi.fn<NonNullable<CapacitorShellOptions['openAuthSession']>>()
    openAuthSession.mockResolvedValueOnce('com.example.app:/callback?code=1').mockResolvedValueOnce(undefined)
    const shell = shellOf({ openAuthSession })
    const ephemeral = { ...visit, ephemeral: true }
    await expect(shell.openAgent('https://id.example/', ephemeral)).resolves.toEqual({
      type: 'answered',
      link: 'com.example.app:/callback?code=1',
    })
    expect(openAuthSession).toHaveBeenCalledWith('https://id.example/', ephemeral)
    await expect(shell.openAgent('https://id.example/', visit)).resolves.toEqual({ type: 'dismissed' })
    expect(native.opened).toEqual([])
  })

  it('promises no ephemeral visit in a tab that shares its cookies', async () => {
    await expect(
      shellOf().openAgent('https://id.example/', { ...visit, ephemeral: true }),
    ).rejects.toMatchObject({
      code: 'invalid_configuration',
    })
    expect(native.opened).toEqual([])
  })
})

describe('the secure storage plugin as a store', () => {
  it.each(
    keyValueStoreCases(async () => createBoxStore(secureStorageAsStorage(modules.SecureStorage), 'box')),
  )('$name', ({ run }) => run())

  it('takes an entry whose key is gone for nothing, and removes it', async () => {
    native.keychain.set('capacitor-storage_name', 'not JSON')
    await expect(secureStorageAsStorage(modules.SecureStorage).read('name')).resolves.toBeUndefined()
    expect(native.keychain.size).toBe(0)
  })

  it('hands on any other failure', async () => {
    const failing = {
      ...modules,
      SecureStorage: { ...modules.SecureStorage, get: () => Promise.reject(new Error('locked')) },
    }
    await expect(capacitorShell(failing).tokens.read('name')).rejects.toThrow('locked')
  })
})

describe('an ordinary browser', () => {
  afterEach(() => void vi.unstubAllGlobals())

  it('is refused with a word on what to use there', () => {
    vi.stubGlobal('Capacitor', { isNativePlatform: () => false })
    expect(() => shellOf()).toThrow(
      expect.objectContaining({
        code: 'invalid_configuration',
        message: expect.stringContaining('webShell()'),
      }),
    )
  })
})
