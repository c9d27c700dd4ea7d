import type { Dialect, IdTokenFacts, ServerContext } from '../context.ts'
import { buildHmacIdToken } from '../tokens/hmac-id-token.ts'
import type { Habits } from './habits.ts'

function buildTokenResponse(dialect: Dialect, habits: Habits): Dialect['buildTokenResponse'] {
  const omitted = new Set(habits.omitFromTokenResponse)
  if (habits.tokenType === 'absent') omitted.add('token_type')
  return (tokens) => {
    const answer = { ...dialect.buildTokenResponse(tokens) }
    if (habits.tokenType) answer['token_type'] = habits.tokenType
    return Object.fromEntries(Object.entries(answer).filter(([name]) => !omitted.has(name)))
  }
}

function buildIdToken({ buildIdToken: usual }: Dialect, { hmacIdTokens }: Habits): Dialect['buildIdToken'] {
  if (!usual || !hmacIdTokens) return usual
  return (context: ServerContext, facts: IdTokenFacts) =>
    facts.family.client.clientSecret === undefined ? usual(context, facts) : buildHmacIdToken(context, facts)
}

/** What a server answers otherwise at its token endpoint. */
export function withTokenHabits(dialect: Dialect, habits: Habits): Partial<Dialect> {
  const { authTime } = habits
  return {
    buildTokenResponse: buildTokenResponse(dialect, habits),
    buildIdToken: buildIdToken(dialect, habits),
    ...(authTime !== undefined && {
      buildIdTokenClaims: async (context, facts) => ({
        ...(await dialect.buildIdTokenClaims(context, facts)),
        auth_time: authTime,
      }),
    }),
  }
}
