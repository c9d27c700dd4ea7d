import type { Clock, Milliseconds } from '@oauth-concierge/core'

const lastTurn: Milliseconds = 50

/**
 * Resolves when `duration` has passed. A page that was busy all that time then gets another turn first, to see what has long arrived:
 * it is not to be taken for an answer that did not come.
 */
export async function awaitDeadline(
  clock: Clock,
  duration: Milliseconds,
  signal: AbortSignal,
): Promise<void> {
  await clock.sleep(duration - lastTurn, signal)
  await clock.sleep(lastTurn, signal)
}
