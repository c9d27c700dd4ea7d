import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A token endpoint in a process of its own: it reads each request to its end and gives a constant answer.
const answer = Buffer.from(
  JSON.stringify({
    access_token: 'x'.repeat(900),
    token_type: 'Bearer',
    expires_in: 3600,
    scope: 'orders.read',
  }),
)
const headers = {
  'content-type': 'application/json',
  'content-length': String(answer.length),
  'cache-control': 'no-store',
}
let requests = 0

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    requests += 1
    response.writeHead(200, headers).end(answer)
  })
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
process.on('message', () => process.send?.(requests))
