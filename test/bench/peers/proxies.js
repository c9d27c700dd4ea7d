import { Agent, request as httpRequest } from 'node:http'
import express from 'express'
import openidConnect from 'express-openid-connect'

/** A proxy with express-openid-connect as its documentation begins; the forwarding is that of the bare proxy. */
export async function createExpressOpenidConnect(kind, { origin, upstream, issuer, clientId, clientSecret }) {
  const app = express()
  app.disable('x-powered-by')
  app.use(
    openidConnect.auth({
      issuerBaseURL: issuer,
      baseURL: origin,
      clientID: clientId,
      clientSecret,
      clientAuthMethod: 'client_secret_post',
      secret: 'a-secret-for-the-cookies-of-the-bench',
      authRequired: false,
      authorizationParams: {
        response_type: 'code',
        response_mode: 'query',
        scope: 'openid profile offline_access',
      },
      ...(kind === 'memory' && { session: { store: createStore() } }),
    }),
  )
  const agent = new Agent({ keepAlive: true })
  app.use('/auth/api/orders', (request, response) => {
    const { access_token: accessToken } = request.oidc.accessToken ?? {}
    if (!accessToken) {
      response.status(401).end()
      return
    }
    const { cookie: _, host: __, ...headers } = request.headers
    const sent = httpRequest(
      {
        host: '127.0.0.1',
        port: upstream,
        agent,
        method: request.method,
        path: request.url,
        headers: { ...headers, authorization: `Bearer ${accessToken}` },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(response)
      },
    )
    sent.on('error', () => response.destroy())
    request.pipe(sent)
  })
  return app
}

/** The interface of express-session's stores, over a map. */
function createStore() {
  const sessions = new Map()
  return {
    get: (id, done) => done(null, sessions.get(id)),
    set: (id, session, done) => {
      sessions.set(id, session)
      done?.(null)
    },
    destroy: (id, done) => {
      sessions.delete(id)
      done?.(null)
    },
  }
}
