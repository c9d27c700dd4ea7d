import type { Clock, Milliseconds } from '@oauth-concierge/core'
import { createStore, type UseStore } from 'idb-keyval'
import { awaitDeadline } from './await-deadline.ts'

/** One transaction. */
export interface Transaction<Found, Result> {
  readonly mode: IDBTransactionMode
  /** Asks for something. */
  ask(entries: IDBObjectStore): IDBRequest<Found>
  /** Sees each answer, and may change entries at once; what it gave last is the transaction's result once that is committed. */
  act(found: Found, entries: IDBObjectStore): Result
}

/** Runs a transaction: all of it happens, in one step for every tab, or nothing of it. Rejects with the browser's own errors. */
export type Transact = <Found, Result>(transaction: Transaction<Found, Result>) => Promise<Result>

const longestOpening: Milliseconds = 1000
const longestTransaction: Milliseconds = 5000

/**
 * A database of one object store, opened when it is first needed and again when the browser has closed the connection.
 * A database that does not open within a second is given up, and so is a transaction that is not over after five more.
 * The connection makes way for whoever wants to delete or upgrade the database.
 */
export function openDatabase(name: string, clock: Clock): Transact {
  let handle: UseStore | undefined

  const begin = <Found, Result>(
    transaction: Transaction<Found, Result>,
    signal: AbortSignal,
    onBegun: (begun: IDBTransaction) => void,
  ): Promise<Result> => {
    handle ??= createStore(name, 'entries')
    return handle(transaction.mode, (entries) => {
      signal.throwIfAborted()
      const { db } = entries.transaction
      db.onversionchange = () => db.close()
      onBegun(entries.transaction)
      return run(entries, transaction)
    })
  }

  return async (transaction) => {
    const over = new AbortController()
    let begun: IDBTransaction | undefined
    const attempt = () => begin(transaction, over.signal, (under) => void (begun = under))
    const running = attempt().catch((error: unknown) => {
      if (begun) throw error
      // The connection was dead: what has not begun may begin again.
      handle = undefined
      return attempt()
    })
    const watch = async () => {
      await awaitDeadline(clock, longestOpening, over.signal)
      if (!begun) throw tookTooLong()
      await awaitDeadline(clock, longestTransaction, over.signal)
      try {
        begun.abort()
      } catch {
        // It is over already, and about to say so.
        return running
      }
      throw tookTooLong()
    }
    try {
      return await Promise.race([running, watch()])
    } finally {
      over.abort()
    }
  }
}

function tookTooLong(): DOMException {
  return new DOMException('IndexedDB took too long.', 'TimeoutError')
}

function run<Found, Result>(
  entries: IDBObjectStore,
  { ask, act }: Transaction<Found, Result>,
): Promise<Result> {
  return new Promise((resolve, reject) => {
    const { transaction } = entries
    let result: Result
    let fault: unknown
    transaction.addEventListener('complete', () => resolve(result))
    transaction.addEventListener('abort', () => reject(fault ?? transaction.error))
    const request = ask(entries)
    request.addEventListener('success', () => {
      try {
        result = act(request.result, entries)
      } catch (error) {
        fault = error
        transaction.abort()
      }
    })
  })
}
