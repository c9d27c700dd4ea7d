import type { Ledger, LedgerEvent, LedgerRequest, RequestFilter } from '../state/ledger.ts'

/** How many requests there must have been. */
export interface RequestCount extends RequestFilter {
  readonly count: number
}

/** What a test says of the ledger in one line. Each throws an Error that lists what the ledger saw instead. */
export interface LedgerAssertions {
  /** No refresh token came again after it was spent. Honoured within the grace window, it does not count. */
  noRefreshTokenReused(): void
  /** No family of tokens was revoked, for whatever reason. */
  noFamilyRevoked(): void
  /** No authorization code came twice. */
  noCodeReplayed(): void
  /** No token, code, secret or password came in the URL of a request. */
  noSecretsInUrls(): void
  /** No request was refused, and none failed, save for what belongs to a flow: a nonce demanded, a user awaited. */
  noErrors(): void
  /** There were so many token requests, as in `tokenRequests({ count: 1, grantType: 'refresh_token' })`. */
  tokenRequests(expected: Omit<RequestCount, 'endpoint'>): void
  /** There were so many requests that match, as in `requests({ count: 0, endpoint: 'userinfo' })`. */
  requests(expected: RequestCount): void
}

/** @see RFC 9449 section 8, RFC 8628 section 3.5 */
const partOfFlow: ReadonlySet<string> = new Set(['use_dpop_nonce', 'authorization_pending'])

function isRefused({ status = 0, error = '' }: Readonly<LedgerRequest>): boolean {
  return !partOfFlow.has(error) && (status >= 400 || error !== '')
}

function describeRequest(request: Readonly<LedgerRequest>): string {
  const { method, path, grantType, clientId, refreshTokenId, status, error } = request
  const who = clientId === undefined ? '' : ` by ${clientId}`
  const what = [grantType, refreshTokenId].filter((part) => part !== undefined).join(' with ')
  return `${method} ${path}${what && ` ${what}`}${who} → ${status ?? 'no answer'}${error ? ` ${error}` : ''}`
}

function describeEvent({ type, tokenId, familyId, username, fault }: LedgerEvent): string {
  return [type, tokenId, familyId, username, fault].filter((part) => part !== undefined).join(' ')
}

function listLines(title: string, lines: readonly string[]): string {
  const shown = lines.slice(-20).map((line) => `\n  ${line}`)
  const more = lines.length > shown.length ? `\n  (and ${lines.length - shown.length} before)` : ''
  return lines.length === 0 ? `\n${title}: none` : `\n${title}:${more}${shown.join('')}`
}

function fail(ledger: Ledger, message: string, requests = ledger.requests): never {
  throw new Error(
    message +
      listLines('Requests', requests.map(describeRequest)) +
      listLines('Events', ledger.events.map(describeEvent)),
  )
}

/** The assertions over one ledger. */
export function createAssertions(ledger: Ledger): LedgerAssertions {
  const noEvent = (type: LedgerEvent['type'], what: string) => {
    const count = ledger.countEvents(type)
    if (count > 0) fail(ledger, `${what} ${count === 1 ? 'once' : `${count} times`}`)
  }
  const noRequest = (isWrong: (request: Readonly<LedgerRequest>) => boolean, what: string) => {
    const wrong = ledger.requests.filter(isWrong)
    if (wrong.length > 0) fail(ledger, what, wrong)
  }
  const requests = ({ count, ...filter }: RequestCount) => {
    const found = ledger.count(filter)
    if (found !== count)
      fail(ledger, `expected ${count} requests with ${JSON.stringify(filter)}, saw ${found}`)
  }
  return {
    noRefreshTokenReused: () => noEvent('refresh_token_reused', 'a spent refresh token came again'),
    noFamilyRevoked: () => noEvent('family_revoked', 'a family of tokens was revoked'),
    noCodeReplayed: () => noEvent('code_replayed', 'a spent authorization code came again'),
    noSecretsInUrls: () => noRequest(({ secretsInUrl }) => secretsInUrl.length > 0, 'secrets came in URLs'),
    noErrors: () => noRequest(isRefused, 'requests were refused'),
    tokenRequests: (expected) => requests({ ...expected, endpoint: 'token' }),
    requests,
  }
}
