import type { ErrorCode } from '@oauth-concierge/core'
import { cures } from './cures.ts'

/** Their messages say everything already. */
const selfExplaining: readonly ErrorCode[] = [
  'invalid_configuration',
  'credentials_unreadable',
  'key_unusable',
]

/** What to do about an error, for people; undefined where its message says so. */
export function cureOf(code: ErrorCode): string | undefined {
  if (selfExplaining.includes(code)) return undefined
  const start = `${code}: `
  return cures
    .split('\n')
    .find((line) => line.startsWith(start))
    ?.slice(start.length)
}
