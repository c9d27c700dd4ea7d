import type { Endpoint, ServerContext } from '../../context.ts'
import { jsonAnswer } from '../../http/answers.ts'
import type { PassportOptions } from './passport-options.ts'

type Limit = Exclude<PassportOptions['throttle'], undefined>

function tooMany({ requests }: Limit, retryAfter: number): Response {
  const headers = {
    'Retry-After': String(retryAfter),
    'X-RateLimit-Limit': String(requests),
    'X-RateLimit-Remaining': '0',
  }
  return jsonAnswer({ message: 'Too Many Attempts.' }, { status: 429, headers })
}

/** The endpoint, which answers no more than so many requests in a window that begins with the first. */
export function throttled(endpoint: Endpoint, limit: Limit | undefined): Endpoint {
  if (!limit) return endpoint
  let window = { endsAt: -Infinity, count: 0 }
  const count = ({ clock }: ServerContext): number => {
    const now = clock.now()
    if (now >= window.endsAt) window = { endsAt: now + limit.seconds, count: 0 }
    window.count += 1
    return window.count > limit.requests ? window.endsAt - now : 0
  }
  return {
    ...endpoint,
    async handle(call) {
      const retryAfter = count(call.context)
      return retryAfter > 0 ? tooMany(limit, retryAfter) : endpoint.handle(call)
    },
  }
}
