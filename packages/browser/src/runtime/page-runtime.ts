import { completeRuntime, type Runtime } from '@oauth-concierge/core'
import { openBroadcast } from './broadcast.ts'
import { createWebLock } from './web-lock.ts'

/**
 * The surroundings of a page: its tabs tell each other by BroadcastChannel, and wait for each other where they share tokens.
 * @param given ports to replace
 */
export function pageRuntime(given: Partial<Runtime> | undefined, isShared: boolean): Runtime {
  const { clock } = completeRuntime(given)
  const lock = isShared && { lock: createWebLock(clock) }
  return completeRuntime({ openChannel: openBroadcast, ...lock, ...given })
}
