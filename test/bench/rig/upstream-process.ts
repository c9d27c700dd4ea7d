import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** The API behind the proxies: the same kilobyte of JSON for everybody with a bearer token, and for the bare proxy. */
const body = JSON.stringify({
  orders: Array.from({ length: 20 }, (_, id) => ({ id, name: 'a name', price: 12.5 })),
})
const server = createServer((request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': body.length })
  response.end(body)
})
server.keepAliveTimeout = 60_000
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
