import { SessionError } from '../errors.ts'
import type { Seconds } from '../ports/clock.ts'
import { challengeOf } from '../protocol/www-authenticate.ts'
import type { ChallengeHandler } from './challenge-handler.ts'

/** What an API asks of the login, in the form that `login()` takes. The values are the API's words. */
export interface StepUpChallenge {
  readonly acrValues?: readonly string[]
  readonly maxAge?: Seconds
}

/**
 * Understands an API that asks for a stronger or fresher login, or for more scope. The former calls `onStepUp`, which brings about a new login with
 * what was asked (one for any number of calls), and then the request is made once more with the new token; it is given up where that is not enough.
 * Without `onStepUp`, and for more scope, the call fails with an error that says what was asked.
 * @returns the option `stepUp` of a client; its calls then throw SessionError `step_up_required`, `scope_required`, `session_changed`
 * @see RFC 9470 section 3, RFC 6750 section 3.1
 */
export function stepUp(onStepUp?: (challenge: StepUpChallenge) => Promise<void>): ChallengeHandler {
  let pending: Promise<void> | undefined
  return async (response, { accessToken, madeBy, login, replay }) => {
    const asked = readChallenge(response, accessToken)
    if (!asked) return response
    const error = new SessionError(
      'step_up_required',
      'The API asks for another login: call login() with acrValues and maxAge of this error.',
      asked,
    )
    if (!onStepUp) throw error
    if (login().family === madeBy.family) {
      pending ??= onStepUp(asked).finally(() => (pending = undefined))
      await pending
    }
    if (login().family === madeBy.family) throw error
    if (login().subject !== madeBy.subject)
      throw new SessionError('session_changed', 'Another user has logged in. Nothing was sent in their name.')
    const answer = await replay()
    if (!answer || readChallenge(answer, accessToken)) throw error
    return answer
  }
}

function readChallenge(response: Response, accessToken: string): StepUpChallenge | undefined {
  const words = (text = ''): readonly string[] =>
    text
      .split(' ')
      .filter((word) => isName(word) && !word.includes(accessToken))
      .slice(0, mostWords)
  const scope = challengeOf(response, 'insufficient_scope')
  if (response.status === 403 && scope) {
    throw new SessionError('scope_required', 'The access token lacks scope that the API asks for.', {
      scopes: words(scope.parameters.get('scope')),
    })
  }
  const parameters = challengeOf(response, 'insufficient_user_authentication')?.parameters
  if (!parameters) return undefined
  const acrValues = words(parameters.get('acr_values'))
  const maxAge = parameters.get('max_age') ?? ''
  return {
    ...(acrValues.length > 0 && { acrValues }),
    ...(/^\d{1,9}$/.test(maxAge) && { maxAge: Number(maxAge) }),
  }
}

const mostWords = 10

/** Printable, and not what only a token looks like: it is shown in an error. */
function isName(word: string): boolean {
  return /^[!-~]{1,200}$/.test(word) && !/[\w~+=-]{40}/.test(word)
}
