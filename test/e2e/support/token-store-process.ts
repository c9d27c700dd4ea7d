import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { completeRuntime } from '@oauth-concierge/core'
import { clientCredentials, deviceLogin, fileTokenStore } from '@oauth-concierge/service-account/node'

/** A process, or thread, that shares a store with others. */
interface Settings {
  readonly folder: string
  readonly rounds: number
  readonly issuer: string
  /** By how many seconds this process lives in the future. */
  readonly later: number
}

const [role = '', text = '{}'] = process.argv.slice(2)
const { folder, rounds, issuer, later } = JSON.parse(text) as Settings
const store = fileTokenStore(folder)

const roles: Record<string, () => Promise<void>> = {
  /** Reads, waits and writes, which two at a time would get wrong. */
  count: async () => {
    const file = join(folder, 'counter')
    for (let round = 0; round < rounds; round += 1) {
      await store.lock.run('counter', async () => {
        const before = Number(readFileSync(file, 'utf8'))
        await sleep(1)
        writeFileSync(file, String(before + 1))
      })
    }
  },
  hold: () =>
    store.lock.run('counter', async () => {
      console.log('held')
      await sleep(600_000)
    }),
  /** Adds one by writing over an expected version only. */
  add: async () => {
    for (let left = rounds; left > 0;) {
      const before = await store.get('sum')
      const version = await store.put('sum', Number(before?.value ?? 0) + 1, {
        ifVersion: before?.version ?? 0,
      })
      if (version !== undefined) left -= 1
    }
  },
  token: async () => {
    const source = clientCredentials({
      issuer,
      clientId: 'daemon',
      clientSecret: 'secret',
      scope: 'orders.read',
      store,
    })
    console.log(await source.getAccessToken())
  },
  refreshed: async () => {
    const { clock } = completeRuntime()
    const login = deviceLogin({
      issuer,
      clientId: 'tool',
      scope: 'openid offline_access',
      store,
      logInOnDemand: false,
      prompt: () => undefined,
      runtime: { clock: { ...clock, wallTime: () => clock.wallTime() + later * 1000 } },
    })
    console.log(await login.getAccessToken())
  },
}

await roles[role]?.()
