import { startBffDemo } from '../../examples/spa-bff/server/start-bff-demo.ts'
import type { Demo, DemoOptions } from '../../examples/spa/server/start-demo.ts'
import { startRedisServer } from '../../test/support/redis-server.ts'
import { findProgram, howToGet } from '../ensure-programs.ts'
import { bffJourney } from './bff-journey.ts'
import type { DemoKind } from './demo-kind.ts'

const hasRedis = findProgram('redis') !== undefined

/** The same app behind a BFF, with its sessions in a Redis of its own where there is one. */
export const demoKind: DemoKind = {
  name: 'bff',
  start,
  journey: bffJourney,
  behind: () =>
    hasRedis ? 'sessions in Redis' : `sessions in memory, for want of Redis. ${howToGet('redis')}`,
  thingsToTry: ({ app }) => [
    'Log in, then look for a token in the developer tools: there is none, in storage or on the wire.',
    'Reload the page, or open a second tab: you are still logged in. Log out in one of them.',
    'Press “Refresh now”: the BFF is told no by the API, refreshes, and repeats the call.',
    'Press “Deny” on the consent page. It comes back with “Log in and review permissions”.',
    `Open ${app.origin}/auth/session in a tab of its own: it answers scripts of this origin only.`,
    'Press s and Enter here to stop the authorization server, and again to start it. Log in, refresh.',
  ],
}

async function start(options: DemoOptions = {}): Promise<Demo> {
  if (!hasRedis) return startBffDemo(options)
  const redis = await startRedisServer()
  const demo = await startBffDemo({ ...options, redis: redis.path })
  const close = async (): Promise<void> => {
    await demo.close()
    await redis.close()
  }
  return { ...demo, close }
}
