import { type AccessTokenRules, createAccessTokenCheck } from './check-access-token.ts'
import type { Handler } from './handler.ts'
import { orders } from './orders.ts'
import { Refusal } from './refusal.ts'

/** Whose tokens the API takes, and which page may call it. */
export interface OrdersApiOptions extends AccessTokenRules {
  readonly allowedOrigin: string
}

/**
 * The orders API: `GET /orders?status=open|all`, and `POST /refused-tokens`, which has the API refuse the very token
 * that the request brings.
 */
export function createOrdersApi({ allowedOrigin, ...rules }: OrdersApiOptions): Handler {
  const checkAccessToken = createAccessTokenCheck(rules)
  const refused = new Set<string>()

  const check = async (request: Request): Promise<string> => {
    const { jti } = await checkAccessToken(request, 'orders.read')
    if (refused.has(jti)) throw new Refusal(401, 'invalid_token', 'the access token was withdrawn')
    return jti
  }

  const routes: Readonly<Record<string, Handler>> = {
    'GET /orders': async (request) => {
      await check(request)
      const status = new URL(request.url).searchParams.get('status') ?? 'all'
      return Response.json({ orders: orders.filter((order) => status === 'all' || order.status === status) })
    },
    'POST /refused-tokens': async (request) => {
      refused.add(await check(request))
      return new Response(null, { status: 204 })
    },
  }

  return async (request) => {
    const response = await answer(routes, request)
    response.headers.set('Access-Control-Allow-Origin', allowedOrigin)
    response.headers.set('Access-Control-Expose-Headers', 'WWW-Authenticate')
    response.headers.append('Vary', 'Origin')
    response.headers.set('Cache-Control', 'no-store')
    return response
  }
}

async function answer(routes: Readonly<Record<string, Handler>>, request: Request): Promise<Response> {
  if (request.method === 'OPTIONS') return preflight()
  const route = `${request.method} ${new URL(request.url).pathname}`
  const handle = Object.hasOwn(routes, route) ? routes[route] : undefined
  if (!handle) return new Response('Not found\n', { status: 404 })
  try {
    return await handle(request)
  } catch (error) {
    if (error instanceof Refusal) return error.toResponse()
    throw error
  }
}

function preflight(): Response {
  const headers = {
    'Access-Control-Allow-Methods': 'GET, POST',
    'Access-Control-Allow-Headers': 'Authorization',
    'Access-Control-Max-Age': '600',
  }
  return new Response(null, { status: 204, headers })
}
