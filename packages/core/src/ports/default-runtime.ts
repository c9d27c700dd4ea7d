import { openSilentChannel } from './channel.ts'
import type { Clock } from './clock.ts'
import { createInProcessLock } from './lock.ts'
import type { Runtime } from './runtime.ts'

const systemClock: Clock = {
  wallTime: () => Date.now(),
  monotonicTime: () => performance.now(),
  sleep: (duration, signal) =>
    new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      const onAbort = (): void => {
        clearTimeout(timer)
        reject(signal?.reason)
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
      }, duration)
      signal?.addEventListener('abort', onAbort, { once: true })
    }),
}

/** The surroundings as they are: the one place that reads globals, each at the time of the call. */
export function completeRuntime(given: Partial<Runtime> = {}): Runtime {
  return {
    clock: systemClock,
    // The body of a Request in the place of `init` would go out as a stream: browsers refuse that over HTTP/1.1, or lose it.
    http: (url, init) => (init instanceof Request ? fetch(init) : fetch(url, init)),
    lock: createInProcessLock(),
    openChannel: openSilentChannel,
    isOnline: () => globalThis.navigator?.onLine !== false,
    random: () => Math.random(),
    ...given,
  }
}
