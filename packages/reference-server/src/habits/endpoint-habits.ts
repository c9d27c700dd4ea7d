import type { Call, Dialect, Endpoint } from '../context.ts'
import { jsonAnswer } from '../http/answers.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Habits } from './habits.ts'

type Change = (endpoint: Endpoint) => Endpoint

const withTokenEndpointCors =
  (cors: Exclude<Habits['tokenEndpointCors'], undefined>): Change =>
  (endpoint) =>
    cors === 'none' ? { ...endpoint, origins: 'none' } : { ...endpoint, cors }

function withoutPromptNone({ received }: Call): Call['received'] {
  const values = new Map(received.values)
  if (values.get('prompt') === 'none') values.delete('prompt')
  return { ...received, values }
}

const showPage: Change = (endpoint) => ({
  ...endpoint,
  handle: (call) => endpoint.handle({ ...call, received: withoutPromptNone(call) }),
})

function checkKnown({ context: { stores }, received }: Call): void {
  const token = received.values.get('token') ?? ''
  if (stores.accessTokens.get(token) || stores.refreshTokens.get(token)) return
  throw new OAuthError('invalid_request', 'the token is unknown')
}

const refuseUnknown: Change = (endpoint) => ({
  ...endpoint,
  async handle(call) {
    const answer = await endpoint.handle(call)
    checkKnown(call)
    return answer
  },
})

const sayActive: Change = (endpoint) => ({
  ...endpoint,
  async handle(call) {
    const answer = await endpoint.handle(call)
    return jsonAnswer({ ...JSON.parse(await answer.text()), active: true })
  },
})

/** The changes to endpoints, by their names. */
function changesFor(habits: Habits): Readonly<Record<string, Change | undefined>> {
  return {
    token: habits.tokenEndpointCors && withTokenEndpointCors(habits.tokenEndpointCors),
    authorize: habits.promptNoneShowsPage ? showPage : undefined,
    revoke: habits.refusesUnknownRevocation ? refuseUnknown : undefined,
    introspect: habits.introspectsEverythingActive ? sayActive : undefined,
  }
}

/** What a server does otherwise at single endpoints. */
export function withEndpointHabits({ endpoints }: Dialect, habits: Habits): Partial<Dialect> {
  const changes = changesFor(habits)
  return { endpoints: endpoints.map((endpoint) => changes[endpoint.name]?.(endpoint) ?? endpoint) }
}
