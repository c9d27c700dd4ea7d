import { ConciergeError } from '@oauth-concierge/core'
import { cureOf } from '../errors/cure-of.ts'

/** What one check found. */
export interface Finding {
  readonly check: string
  readonly state: 'good' | 'doubtful' | 'bad'
  readonly message: string
  /** What mends it. */
  readonly fix?: string
}

/** All is well. */
export function good(check: string, message: string): Finding {
  return { check, state: 'good', message }
}

/** It works, and could be better; or it may not work. */
export function doubtful(check: string, message: string, fix: string): Finding {
  return { check, state: 'doubtful', message, fix }
}

/** It does not work. */
export function bad(check: string, message: string, fix: string): Finding {
  return { check, state: 'bad', message, fix }
}

/** An error of the SDK as a finding. Any other is thrown on. */
export function badBy(check: string, error: unknown): Finding {
  if (!(error instanceof ConciergeError)) throw error
  const fix = cureOf(error.code)
  return { check, state: 'bad', message: error.message, ...(fix !== undefined && { fix }) }
}
