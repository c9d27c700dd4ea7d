import { TransportError } from '../errors.ts'
import type { Runtime } from './runtime.ts'

/**
 * What to say when no answer came. It names the system's own code only: the error itself may hold the whole request.
 */
export function networkError(runtime: Runtime, url: string, error: unknown): TransportError {
  if (!runtime.isOnline()) {
    return new TransportError('offline', `This device is offline, so ${placeOf(url)} was not reached.`)
  }
  const { code } = ((error as Error | undefined)?.cause ?? error ?? {}) as { code?: unknown }
  const hint = typeof code === 'string' ? ` (${code})` : ''
  return new TransportError(
    'network_failed',
    `No answer from ${placeOf(url)}${hint}: it cannot be reached, or its CORS headers do not allow this origin.`,
    typeof code === 'string' ? { reason: code } : {},
  )
}

/** Origin and path: a query may hold what no message should. */
export function placeOf(url: string): string {
  return url.replace(/[?#].*$/, '')
}
