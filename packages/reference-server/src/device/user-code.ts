import type { ServerContext } from '../context.ts'
import type { DeviceAuthorization } from '../state/pending-records.ts'

/** Letters that are hard to mistake, and that spell no words. @see RFC 8628 section 6.1 */
const letters = 'BCDFGHJKLMNPQRSTVWXZ'

/** A new user code: 20^8 possible ones. */
export function createUserCode({ newSecret }: ServerContext): string {
  const bytes = [...new TextEncoder().encode(newSecret())].slice(0, 8)
  const code = bytes.map((byte) => letters[byte % letters.length]).join('')
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** What a user typed, without regard to case, spaces and dashes. */
export function normalizeUserCode(typed: string): string {
  return typed.toUpperCase().replaceAll(/[^A-Z]/g, '')
}

/** The device with this user code, while it is waiting. */
export function findDevice({ stores, clock }: ServerContext, typed: string): DeviceAuthorization | undefined {
  const device = stores.userCodes.get(normalizeUserCode(typed))
  return device && !device.decision && device.expiresAt > clock.now() ? device : undefined
}
