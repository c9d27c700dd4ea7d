import type { OpenChannel } from '@oauth-concierge/core'

/** Channels whose listeners in this page can be told what was posted while the page was not there. */
export interface Hearing {
  readonly openChannel: OpenChannel
  /** Tells the listeners here, and nobody else. */
  tell(message: string): void
}

export function createHearing(openChannel: OpenChannel): Hearing {
  const listeners = new Set<(message: unknown) => void>()
  return {
    openChannel: (name) => {
      const channel = openChannel(name)
      return {
        post: (message) => channel.post(message),
        listen: (listener) => {
          const stop = channel.listen(listener)
          listeners.add(listener)
          return () => {
            listeners.delete(listener)
            stop()
          }
        },
      }
    },
    tell: (message) => listeners.forEach((listener) => listener(message)),
  }
}
