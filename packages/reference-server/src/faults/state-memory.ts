import type { SeenRequest } from './exchange.ts'

const rememberedAtMost = 1000

/** Remembers which client's authorization request had which state. */
export interface StateMemory {
  notice(seen: SeenRequest): void
  clientOf(state: string): string | undefined
}

/** A memory of the latest thousand states. */
export function createStateMemory(): StateMemory {
  const clients = new Map<string, string>()
  return {
    notice({ endpoint, parameters, clientId }) {
      const state = parameters.get('state')
      if ((endpoint !== 'authorize' && endpoint !== 'par') || state === null || clientId === undefined) return
      clients.set(state, clientId)
      const [oldest] = clients.keys()
      if (clients.size > rememberedAtMost && oldest !== undefined) clients.delete(oldest)
    },
    clientOf: (state) => clients.get(state),
  }
}
