/**
 * News between those who share something: tabs of an origin, processes of a machine. A message may get lost or come late, and never comes
 * back to its sender. None holds a secret.
 */
export interface Channel {
  /** Tells the others. Never throws. */
  post(message: unknown): void
  /** Calls `listener` for each message of another; gives the way to stop it. What comes in is data that anybody of the origin may have sent. */
  listen(listener: (message: unknown) => void): () => void
}

/** Opens the channel of a name. */
export type OpenChannel = (name: string) => Channel

/** For whoever has nobody to tell. */
export function openSilentChannel(): Channel {
  return { post: () => undefined, listen: () => () => undefined }
}

/** Channels among the callers that share this function. */
export function createInProcessChannels(): OpenChannel {
  const listeners = new Map<string, Set<(message: unknown) => void>>()
  return (name) => {
    const all = listeners.get(name) ?? new Set()
    listeners.set(name, all)
    const own = new Set<(message: unknown) => void>()
    return {
      post: (message) => {
        const copy: unknown = structuredClone(message)
        for (const listener of all) if (!own.has(listener)) queueMicrotask(() => listener(copy))
      },
      listen: (listener) => {
        all.add(listener)
        own.add(listener)
        return () => {
          all.delete(listener)
          own.delete(listener)
        }
      },
    }
  }
}
