import { ProtocolError } from '../errors.ts'
import { epochSeconds, type EpochSeconds, type Clock } from '../ports/clock.ts'
import type { KeyValueStore } from '../ports/key-value-store.ts'
import type { Seconds } from '../ports/clock.ts'
import type { ServerMetadata } from '../protocol/server-metadata.ts'

/** A login under way: what its answer must match, and where the user was going. */
export interface Transaction {
  readonly state: string
  readonly nonce: string
  readonly codeVerifier: string
  readonly redirectUri: string
  readonly scope: string
  readonly maxAge?: Seconds
  /** Authentication contexts, one of which the ID token must name. */
  readonly acrValues?: readonly string[]
  /** Thumbprint of the key that the code is bound to. */
  readonly boundTo?: string
  /** The server as it was when the login started: its answer is checked against this, whatever the metadata says by then. */
  readonly metadata: ServerMetadata
  readonly startedAt: EpochSeconds
  readonly returnTo?: string
  readonly appState?: unknown
}

/** The logins under way of one user agent. */
export interface TransactionStore {
  put(transaction: Transaction): Promise<void>
  /**
   * Gives the transaction of this state to one caller, once.
   * @throws ProtocolError `callback_state_unknown`, `callback_replayed`, `callback_expired`; StorageError
   */
  take(state: string): Promise<Transaction>
}

interface Book {
  readonly pending: readonly Transaction[]
  /** States of the transactions taken last, so that a callback that comes again is known for what it is. */
  readonly taken: readonly string[]
}

const longestWait: Seconds = 900
const mostPending = 10
const mostTaken = 20

/** Keeps at most 10 transactions, each for at most 15 minutes, under one key of `store`. */
export function createTransactionStore(store: KeyValueStore, key: string, clock: Clock): TransactionStore {
  const isFresh = ({ startedAt }: Transaction): boolean => startedAt + longestWait > epochSeconds(clock)

  const change = async (edit: (book: Book) => Book): Promise<Book> => {
    for (;;) {
      const stored = await store.get(key)
      const before = readBook(stored?.value)
      const after = edit(before)
      if (after === before) return before
      if ((await store.put(key, after, { ifVersion: stored?.version ?? 0 })) !== undefined) return before
    }
  }

  return {
    put: async (transaction) => {
      await change(({ pending, taken }) => ({
        pending: [...pending.filter(isFresh), transaction].slice(-mostPending),
        taken,
      }))
    },
    take: async (state) => {
      const before = await change((book) => {
        const pending = book.pending.filter((transaction) => transaction.state !== state)
        // Links that anybody can make cost no write.
        if (pending.length === book.pending.length) return book
        return { pending, taken: [...book.taken, state].slice(-mostTaken) }
      })
      return checkTaken(before, state, isFresh)
    },
  }
}

function checkTaken(
  before: Book,
  state: string,
  isFresh: (transaction: Transaction) => boolean,
): Transaction {
  const transaction = before.pending.find((candidate) => candidate.state === state)
  if (!transaction) {
    throw before.taken.includes(state)
      ? new ProtocolError('callback_replayed', 'This callback was already used. The session is as it was.')
      : new ProtocolError(
          'callback_state_unknown',
          'No login with this state was started here, or it is long over.',
        )
  }
  if (!isFresh(transaction)) {
    throw new ProtocolError('callback_expired', 'The login took longer than 15 minutes. Start it again.')
  }
  return transaction
}

/** What is not a book of ours counts as an empty one, and what is no transaction as none. */
function readBook(value: unknown): Book {
  const { pending, taken } = Object(value) as Partial<Book>
  return {
    pending: Array.isArray(pending) ? pending.filter(isTransaction) : [],
    taken: Array.isArray(taken) ? taken : [],
  }
}

function isTransaction(value: unknown): boolean {
  const { state, nonce, codeVerifier, redirectUri, scope, startedAt, metadata } = Object(
    value,
  ) as Partial<Transaction>
  return (
    [state, nonce, codeVerifier, redirectUri, scope, metadata?.issuer].every(
      (text) => typeof text === 'string',
    ) && typeof startedAt === 'number'
  )
}
