import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Bff } from '@oauth-concierge/bff'
import { toNodeHandler } from '@oauth-concierge/bff/node'
import { serve } from '@hono/node-server'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'

/** A framework's own server with a BFF in it, an application of its own at `/` and `/own`, which echoes JSON. */
export interface Mounted {
  readonly port: number
  close(): Promise<void>
}

type Mount = (bff: Bff) => Promise<Mounted>

function onServer(server: Server): Mounted {
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function inExpress(mount: (app: express.Express, bff: Bff) => void): Mount {
  return async (bff) => {
    const app = express()
    mount(app, bff)
    app.use(express.json())
    app.use(express.urlencoded({ extended: false }))
    app.post('/own', (request, response) => void response.json(request.body))
    app.get('/', (_, response) => void response.send('application'))
    return new Promise((resolve) => {
      const server = app.listen(0, '127.0.0.1', () => resolve(onServer(server)))
    })
  }
}

const fastify: Mount = async (bff) => {
  const app = Fastify()
  const handler = toNodeHandler(bff)
  app.addHook('onRequest', (request, reply, next) => {
    if (!bff.serves(request.raw.url ?? '')) return next()
    reply.hijack()
    handler(request.raw, reply.raw)
  })
  app.post('/own', async (request) => request.body)
  app.get('/', async () => 'application')
  await app.listen({ port: 0, host: '127.0.0.1' })
  return { port: (app.server.address() as AddressInfo).port, close: async () => app.close() }
}

const hono: Mount = async (bff) => {
  const app = new Hono()
  app.all('/auth/*', (context) => bff.fetch(context.req.raw))
  app.post('/own', async (context) => context.json(await context.req.json()))
  app.get('/', (context) => context.text('application'))
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, () =>
      resolve(onServer(server as Server)),
    )
  })
}

export const mounts: Readonly<Record<string, Mount>> = {
  Express: inExpress((app, bff) => app.use(toNodeHandler(bff))),
  'Express, below its path': inExpress((app, bff) => app.use('/auth', toNodeHandler(bff))),
  Fastify: fastify,
  Hono: hono,
}
