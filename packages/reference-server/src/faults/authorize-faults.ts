import type { FaultNameOf } from '../faults.ts'
import { htmlAnswer, insteadOf } from './answers.ts'
import type { FaultEffect } from './exchange.ts'

const loginRequired = insteadOf(({ parameters }) => {
  const address = new URL(parameters.get('redirect_uri') ?? 'about:blank')
  const state = parameters.get('state')
  const inFragment = parameters.get('response_mode') === 'fragment'
  const answer = new URLSearchParams({ error: 'login_required', ...(state !== null && { state }) })
  if (inFragment) address.hash = answer.toString()
  else for (const [name, value] of answer) address.searchParams.set(name, value)
  return new Response(null, { status: 303, headers: { Location: address.href } })
})

/** Strikes `prompt=none` only. */
const pageForPromptNone: FaultEffect = (exchange) =>
  exchange.parameters.get('prompt') === 'none' ? htmlAnswer(200)(exchange) : exchange.forward()

/** Faults of the authorization endpoint itself. Requests by PAR or JAR do not say where to send an error. */
export const authorizeFaults: Readonly<Record<FaultNameOf<'authorize'>, FaultEffect>> = {
  'authorize.login_required': (exchange) =>
    exchange.parameters.has('redirect_uri') ? loginRequired(exchange) : exchange.forward(),
  'authorize.page_for_prompt_none': pageForPromptNone,
  'authorize.server_error_500': htmlAnswer(500),
}
