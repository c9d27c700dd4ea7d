import type { IncomingMessage } from 'node:http'
import { TransportError, UsageError } from '@oauth-concierge/core'

/**
 * Checks that nobody has read the body yet: it does not come a second time, and whoever waits for it waits for ever.
 * @throws UsageError `invalid_configuration`
 */
export function checkUnread(request: IncomingMessage): void {
  if (request.readableDidRead)
    throw new UsageError(
      'invalid_configuration',
      'The body of this request was read before the BFF came to it. Put the BFF before every body parser.',
    )
}

/**
 * The whole body; undefined where it has more than `maxBytes`, and the rest of it then goes by unread.
 * @throws TransportError `network_failed` where it breaks off; UsageError `invalid_configuration` where it was read already
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  checkUnread(request)
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = []
    let size = 0
    request.on('data', (part: Buffer) => {
      size += part.byteLength
      if (size <= maxBytes) parts.push(part)
      else {
        parts.length = 0
        resolve(undefined)
      }
    })
    request.once('end', () => resolve(Buffer.concat(parts)))
    request.once('error', () => reject(new TransportError('network_failed', 'The request broke off.')))
  })
}
