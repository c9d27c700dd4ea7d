import { UsageError } from '../errors.ts'

/** Says at the call site that this client may ask users for their passwords. */
export const unsafeAllowPasswordGrant: unique symbol = Symbol('unsafeAllowPasswordGrant')

/** Says at the call site that this client may take an access token out of an address. */
export const unsafeAllowImplicitResponse: unique symbol = Symbol('unsafeAllowImplicitResponse')

/** Says at the call site that this client may use a server's own kind of access-management token. */
export const unsafeAllowGat: unique symbol = Symbol('unsafeAllowGat')

/** Says at the call site that an ID token is thrown away unread, so that nobody knows from it who logged in. */
export const dropIdToken: unique symbol = Symbol('dropIdToken')

/**
 * Checks that a call carries its opt-in: types alone do not keep plain JavaScript out.
 * @throws UsageError `legacy_not_allowed`
 */
export function checkOptIn(option: string, given: unknown, symbol: symbol): void {
  if (given === symbol) return
  throw new UsageError(
    'legacy_not_allowed',
    `This needs ${option}: ${String(symbol.description)}. Read first why not to use it.`,
  )
}
