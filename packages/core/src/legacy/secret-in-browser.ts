import { UsageError } from '../errors.ts'
import type { TokenClient } from '../protocol/token-client.ts'

/**
 * Refuses to go on with a client that proves itself by a secret or a key where everybody can read them: in a page.
 * @throws UsageError `secret_in_browser`
 * @see OAuth 2.0 for Browser-Based Apps section 6.3.3.1
 */
export async function checkNoSecretInBrowser({ client, metadata }: TokenClient): Promise<void> {
  if (!('document' in globalThis)) return
  const body = new URLSearchParams()
  const headers = new Headers()
  await client.authentication(await metadata(), { client_id: client.clientId }, body, headers)
  const isPublic = !headers.has('authorization') && [...body.keys()].every((name) => name === 'client_id')
  if (isPublic) return
  throw new UsageError(
    'secret_in_browser',
    `The client ${client.clientId.slice(0, 100)} has a secret, which does not belong in a browser.`,
  )
}
