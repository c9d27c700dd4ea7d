import { openBroadcast } from '../runtime/broadcast.ts'

/** Whose answer is waited for. */
export interface AwaitedAnswer {
  readonly state: string
  /** The window or frame that it comes to: a message of any other is none. */
  readonly from: Window | null
  /** Ends the waiting. */
  readonly signal: AbortSignal
}

/**
 * The parameters that `relayCallback` hands on at the redirect URI. Who does not know the state cannot send them, nor hears them; whoever does is
 * of this origin, and they are checked like any other answer. Does not settle where none come.
 */
export function hearAnswer({ state, from, signal }: AwaitedAnswer): Promise<URLSearchParams> {
  const name = `concierge:answer:${state}`
  const channel = openBroadcast(name)
  return new Promise((resolve) => {
    const take = (message: unknown, confirm: (name: string) => void): void => {
      if (!Array.isArray(message) || message[0] !== name || typeof message[1] !== 'string') return
      confirm(name)
      resolve(new URLSearchParams(message[1]))
    }
    const stop = channel.listen((message) => take(message, channel.post))
    const hear = ({ data, origin, source }: MessageEvent): void => {
      if (source === from && origin === location.origin)
        take(data, () => from?.postMessage(name, location.origin))
    }
    window.addEventListener('message', hear, { signal })
    signal.addEventListener('abort', stop)
  })
}

/** Never resolves; rejects with the reason of the first of `signals` that is aborted. */
export function untilAborted(
  signals: readonly (AbortSignal | undefined)[],
  over: AbortSignal,
): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of signals) {
      const giveUp = (): void => reject(signal?.reason)
      if (signal?.aborted) giveUp()
      signal?.addEventListener('abort', giveUp, { signal: over })
    }
  })
}
