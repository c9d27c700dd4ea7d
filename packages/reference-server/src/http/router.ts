import { Hono, type MiddlewareHandler } from 'hono'
import { cors } from 'hono/cors'
import type { Call, Endpoint, ServerContext } from '../context.ts'
import { issuerPath } from '../endpoint-url.ts'
import { errorPage } from '../pages/error-page.ts'
import type { LedgerRequest } from '../state/ledger.ts'
import { errorAnswer } from './answers.ts'
import { isClientOrigin } from './client-origins.ts'
import { OAuthError } from './oauth-error.ts'
import { maskParameters, readParameters } from './parameters.ts'

/** What travels beside each request: its line in the ledger. */
interface RouterEnv {
  readonly Bindings: { readonly entry: LedgerRequest }
}

/** Answers one request and fills in its line of the ledger. */
export type Router = (request: Request, entry: LedgerRequest) => Promise<Response>

/** One endpoint of one server, at one of its paths. */
interface Route {
  readonly context: ServerContext
  readonly endpoint: Endpoint
  readonly path: string
}

function corsFor({ context, endpoint }: Route): MiddlewareHandler<RouterEnv> {
  const { clients } = context.settings
  const ofClients = (origin: string) => (isClientOrigin(clients.values(), origin) ? origin : undefined)
  return cors({
    origin: endpoint.origins === 'any' ? '*' : ofClients,
    allowMethods: [...endpoint.methods],
    allowHeaders: ['Authorization', 'Content-Type', 'DPoP'],
    exposeHeaders: ['WWW-Authenticate', 'DPoP-Nonce'],
    maxAge: 600,
  })
}

async function readCall({ context, endpoint }: Route, request: Request, entry: LedgerRequest): Promise<Call> {
  const received = await readParameters(request, endpoint.body)
  entry.parameters = maskParameters(received.values)
  entry.clientId = received.values.get('client_id')
  entry.grantType = received.values.get('grant_type')
  return { context, request, received, entry }
}

function toOAuthError(error: unknown): OAuthError {
  if (error instanceof OAuthError) return error
  return new OAuthError('server_error', 'the server met a condition it did not expect', { status: 500 })
}

async function answer(route: Route, request: Request, entry: LedgerRequest): Promise<Response> {
  const { context, endpoint } = route
  try {
    return await endpoint.handle(await readCall(route, request, entry))
  } catch (thrown) {
    const error = toOAuthError(thrown)
    entry.error = error.code
    return endpoint.speaks === 'html' ? errorPage(error) : errorAnswer(error, context.dialect.buildError)
  }
}

async function answerWithHeaders(route: Route, request: Request, entry: LedgerRequest): Promise<Response> {
  const response = await answer(route, request, entry)
  for (const [name, value] of Object.entries(route.endpoint.headers ?? {})) response.headers.set(name, value)
  return response
}

/** CORS as browsers expect it, less what the endpoint leaves out. */
function addCors(app: Hono<RouterEnv>, route: Route): void {
  const { endpoint, path } = route
  if (endpoint.origins === 'none') return
  const full = corsFor(route)
  app.use(path, async (hono, next) => {
    if (endpoint.cors === 'simple' && hono.req.method === 'OPTIONS') return next()
    const answered = await full(hono, next)
    if (endpoint.cors === 'not_on_errors' && hono.res.status >= 400) {
      hono.res.headers.delete('Access-Control-Allow-Origin')
    }
    return answered
  })
}

/**
 * The paths of an endpoint. Well-known documents of an issuer with a path are found below the issuer and
 * also with the path at the end.
 *
 * @see RFC 8414 sections 3.1 and 5
 */
function pathsOf(context: ServerContext, { path, below }: Endpoint): readonly string[] {
  if (below === 'origin') return [path]
  const base = issuerPath(context.settings.issuer)
  const isWellKnown = path.startsWith('/.well-known/')
  return base !== '' && isWellKnown ? [base + path, path + base] : [base + path]
}

function notAllowed({ methods }: Endpoint): Response {
  return new Response(null, { status: 405, headers: { Allow: methods.join(', ') } })
}

function addRoute(app: Hono<RouterEnv>, route: Route): void {
  const { endpoint, path } = route
  app.use(path, async ({ req, env: { entry } }, next) => {
    entry.endpoint = req.method === 'OPTIONS' ? 'preflight' : endpoint.name
    await next()
  })
  addCors(app, route)
  app.on([...endpoint.methods], path, ({ req, env }) => answerWithHeaders(route, req.raw, env.entry))
  app.all(path, () => notAllowed(endpoint))
}

/** Builds the router over the dialect's endpoints. */
export function createRouter(context: ServerContext): Router {
  const app = new Hono<RouterEnv>()
  const { dialect, settings } = context
  const ofResources = settings.protectedResources.flatMap((one) => dialect.buildResourceEndpoints(one))
  for (const endpoint of [...dialect.endpoints, ...ofResources]) {
    for (const path of pathsOf(context, endpoint)) addRoute(app, { context, endpoint, path })
  }
  app.notFound(() => new Response('Not found\n', { status: 404 }))
  return async (request, entry) => {
    const response = await app.fetch(request, { entry })
    entry.status = response.status
    return response
  }
}
