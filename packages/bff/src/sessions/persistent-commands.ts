import { type Milliseconds, type Runtime, StorageError } from '@oauth-concierge/core'

/** Sends a command, for as long as it takes the server to come back, and no longer than the patience. */
export type SendCommand = (command: readonly string[]) => Promise<unknown>

/** What a server says of itself that passes: it is starting, or another one takes its place. */
const passing = /^(LOADING|READONLY|MASTERDOWN|TRYAGAIN|CLUSTERDOWN)\b/
/** An answer of the server begins with its code; an error of the connection does not. */
const answer = /^[A-Z]{3,}\b/
const pause: Milliseconds = 100

interface Waiting {
  readonly since: Milliseconds
  readonly giveUp: () => void
}

/**
 * Sends each command until it is answered; all of them may be sent again. One timer watches over all commands that wait.
 * @throws StorageError `storage_failed` when the patience is over, or where the server refuses the command
 */
export function createPersistentCommands(
  send: SendCommand,
  { clock }: Runtime,
  patience: Milliseconds,
): SendCommand {
  const waiting = new Set<Waiting>()
  let isWatching = false

  const watch = async (): Promise<void> => {
    isWatching = true
    while (waiting.size > 0) {
      await clock.sleep(patience / 4)
      for (const { since, giveUp } of waiting) if (clock.monotonicTime() - since >= patience) giveUp()
    }
    isWatching = false
  }

  const persist = async (command: readonly string[], since: Milliseconds): Promise<unknown> => {
    for (;;) {
      try {
        return await send(command)
      } catch (error) {
        const message = error instanceof Error ? error.message : ''
        const isRefused = answer.test(message) && !passing.test(message)
        if (isRefused || clock.monotonicTime() - since >= patience) throw failed()
        await clock.sleep(pause)
      }
    }
  }

  return (command) =>
    new Promise((resolve, reject) => {
      const entry: Waiting = { since: clock.monotonicTime(), giveUp: () => end(() => reject(failed())) }
      const end = (outcome: () => void): void => {
        if (waiting.delete(entry)) outcome()
      }
      waiting.add(entry)
      persist(command, entry.since).then(
        (reply) => end(() => resolve(reply)),
        (error: unknown) => end(() => reject(error)),
      )
      if (!isWatching) void watch()
    })
}

function failed(): StorageError {
  return new StorageError('storage_failed', 'The session store did not do its work in time.')
}
