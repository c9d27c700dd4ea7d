import type { ServerContext } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import type { Parameters } from '../http/parameters.ts'
import type { Client } from '../settings.ts'
import type { AuthorizationRequest, CodeChallengeMethod } from '../state/records.ts'

type CodeChallenge = Pick<AuthorizationRequest, 'codeChallenge' | 'codeChallengeMethod'>

const none: CodeChallenge = { codeChallenge: undefined, codeChallengeMethod: undefined }

const forms: Readonly<Record<CodeChallengeMethod, RegExp>> = {
  S256: /^[\w-]{43}$/,
  plain: /^[\w.~-]{43,128}$/,
}

function readMethod({ dialect }: ServerContext, named: string | undefined): CodeChallengeMethod {
  const methods = dialect.codeChallengeMethods
  const method = methods.find((candidate) => candidate === (named ?? 'plain'))
  if (method) return method
  throw new OAuthError('invalid_request', `code_challenge_method must be ${methods.join(' or ')}`)
}

/**
 * Reads the code challenge of a request.
 *
 * @throws OAuthError `invalid_request`
 * @see RFC 7636 section 4.3, RFC 9700 section 2.1.1
 */
export function readCodeChallenge(
  context: ServerContext,
  client: Client,
  parameters: Parameters,
): CodeChallenge {
  const responseType = parameters.get('response_type') ?? ''
  const codeChallenge = parameters.get('code_challenge')
  const named = parameters.get('code_challenge_method')
  if (codeChallenge === undefined) {
    if (named !== undefined)
      throw new OAuthError('invalid_request', 'code_challenge_method came without a challenge')
    const usesCode = context.dialect.responseTypes[responseType]?.grantType === 'authorization_code'
    if (client.requirePkce && usesCode)
      throw new OAuthError('invalid_request', 'parameter code_challenge is missing')
    return none
  }
  const codeChallengeMethod = readMethod(context, named)
  if (forms[codeChallengeMethod].test(codeChallenge)) return { codeChallenge, codeChallengeMethod }
  throw new OAuthError('invalid_request', `code_challenge has not the form of ${codeChallengeMethod}`)
}
