import type { Call, IssuedTokens, ResponseType } from '../context.ts'
import { redirectAnswer } from '../http/answers.ts'
import type { AuthorizationRequest, Login } from '../state/records.ts'
import { issueTokens } from '../tokens/issue-tokens.ts'
import { startFamily } from '../tokens/token-families.ts'

function toFragment({ accessToken, expiresIn }: IssuedTokens, state: string | undefined): URLSearchParams {
  const parameters = new URLSearchParams({
    access_token: accessToken,
    expires_in: String(expiresIn),
    token_type: 'Bearer',
  })
  if (state !== undefined) parameters.set('state', state)
  return parameters
}

async function issue({ context }: Call, request: AuthorizationRequest, login: Login): Promise<IssuedTokens> {
  const { client, scopes, asked } = request
  const family = startFamily(context, { client, login, scopes, asked, jkt: undefined })
  return issueTokens(context, { family, scopes, jkt: undefined, withRefreshToken: false })
}

/**
 * `response_type=token`: an access token in the fragment, and nothing that says whom it is for. `separator`
 * stands between the redirect URI and the parameters.
 *
 * @see RFC 6749 section 4.2.2, RFC 9700 section 2.1.2
 */
export function implicitResponse(separator: string = '#'): ResponseType {
  return {
    grantType: 'implicit',
    async answer(call, request, login) {
      const tokens = await issue(call, request, login)
      return redirectAnswer(request.redirectUri + separator + toFragment(tokens, request.state))
    },
  }
}
