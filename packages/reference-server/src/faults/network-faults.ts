import type { FaultNameOf } from '../faults.ts'
import {
  changeAnswer,
  closedAfter,
  closedBefore,
  emptyAnswer,
  held,
  htmlAnswer,
  insteadOf,
  neverAnswers,
  rateLimited,
  redirected,
  unavailable,
} from './answers.ts'
import { httpDate } from './clock-faults.ts'
import type { FaultEffect } from './exchange.ts'

const aYear = 365 * 86_400

const refusedUntil = (status: number, retryAfter: string): FaultEffect =>
  emptyAnswer(status, { 'Retry-After': retryAfter })

function withoutCors(answer: Response): Response {
  const headers = new Headers(answer.headers)
  for (const name of answer.headers.keys()) if (name.startsWith('access-control-')) headers.delete(name)
  return new Response(answer.body, { status: answer.status, headers })
}

/** Faults of the way between client and server, whatever was asked. */
export const networkFaults: Readonly<Record<FaultNameOf<'network' | 'http'>, FaultEffect>> = {
  'network.closed_without_answer': closedBefore,
  'network.answer_lost': closedAfter,
  'network.never_answers': neverAnswers,
  'network.answer_held': held,
  'http.html_200': htmlAnswer(200),
  'http.empty_200': emptyAnswer(200),
  'http.server_error_500': htmlAnswer(500),
  'http.unavailable': unavailable,
  'http.rate_limited': rateLimited,
  'http.retry_after_date': insteadOf(({ options: { seconds = 30 }, tools }) => {
    const headers = { 'Retry-After': httpDate(tools.now() + seconds) }
    return new Response(null, { status: 503, headers })
  }),
  'http.retry_after_year': refusedUntil(429, String(aYear)),
  'http.retry_after_garbage': refusedUntil(429, 'soon, perhaps'),
  'http.redirected': redirected,
  'http.cors_missing': changeAnswer(withoutCors),
  'http.cors_missing_on_errors': changeAnswer(withoutCors, ({ status }) => status >= 400),
}
