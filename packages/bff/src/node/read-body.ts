import type { IncomingMessage } from 'node:http'
import { TransportError } from '@oauth-concierge/core'

/**
 * The whole body; undefined where it has more than `maxBytes`, and the rest of it then goes by unread.
 * @throws TransportError `network_failed` where it breaks off
 */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
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
