import { ConciergeError, type Runtime, type ServiceAccount } from '@oauth-concierge/service-account'
import { serviceAccount } from '@oauth-concierge/service-account/node'

/** How one call went. */
export interface Call {
  readonly ok: boolean
  /** The status, or the code of the error. */
  readonly result: string
}

/** What a worker needs to know. */
export interface WorkerOptions {
  readonly keyFile: string
  /** Origin of the API. */
  readonly api: string
  /** Waits for the next turn. It runs as long as this gives true. */
  readonly nextTurn: () => Promise<boolean>
  readonly onCall: (call: Call) => void
  readonly runtime?: Partial<Runtime>
}

/** Calls the API once a turn. All that it knows of tokens is the first line. */
export async function runWorker({
  keyFile,
  api,
  nextTurn,
  onCall,
  runtime = {},
}: WorkerOptions): Promise<void> {
  const account = await serviceAccount({ keyFile, scope: 'orders.read', apis: [api], runtime })
  do onCall(await callApi(account, `${api}/orders`))
  while (await nextTurn())
  account.dispose()
}

async function callApi(account: ServiceAccount, url: string): Promise<Call> {
  try {
    const response = await account.fetch(url)
    await response.arrayBuffer()
    return { ok: response.ok, result: String(response.status) }
  } catch (error) {
    return { ok: false, result: error instanceof ConciergeError ? error.code : String(error) }
  }
}
