import { readProgramScopes } from '../clients/requested-scopes.ts'
import type { ClientOfGrant, Grant, ServerContext, TokenRequest } from '../context.ts'
import { OAuthError } from '../http/oauth-error.ts'
import { issueTokens } from '../tokens/issue-tokens.ts'
import { startFamily } from '../tokens/token-families.ts'
import { readProgramTarget } from '../tokens/token-target.ts'
import { findAssertionIssuer } from './assertion-issuers.ts'
import {
  checkAssertion,
  type CheckedAssertion,
  clockToleranceSeconds,
  readIssuer,
} from './check-assertion.ts'

/** What deployments differ in. */
export interface JwtBearerRules {
  /** False takes an assertion without `sub` as being about its issuer. */
  readonly requireSubject: boolean
  /** True takes the scopes from the assertion's own `scope` claim where the request has none. */
  readonly scopeFromAssertion: boolean
}

/** The service account that an assertion names. @see RFC 7521 section 4.1 */
export const clientOfAssertion: ClientOfGrant = ({ context }, parameters) =>
  findAssertionIssuer(context, readIssuer(parameters.get('assertion')) ?? '')?.client

async function readAssertion(
  { call, client, parameters }: TokenRequest,
  { requireSubject }: JwtBearerRules,
): Promise<CheckedAssertion> {
  const assertion = parameters.get('assertion')
  if (assertion === undefined) throw new OAuthError('invalid_request', 'parameter assertion is missing')
  const defaultSubject = requireSubject ? undefined : ({ iss }: { iss?: string }) => iss
  const checked = await checkAssertion(call.context, assertion, defaultSubject).catch((error: TypeError) => {
    throw new OAuthError('invalid_grant', `the assertion is refused: ${error.message}`)
  })
  if (checked.issuer.client && checked.issuer.client !== client) {
    throw new OAuthError('invalid_grant', 'the assertion is refused: it is of another client')
  }
  return checked
}

/** An assertion with a `jti` is good for one use. @see RFC 7523 section 3 (7) */
function spend({ stores }: ServerContext, { claims: { iss, jti, exp = 0 } }: CheckedAssertion): void {
  if (jti === undefined) return
  const key = JSON.stringify([iss, jti])
  if (stores.grantAssertions.get(key)) {
    throw new OAuthError('invalid_grant', 'the assertion is refused: its jti has been used before')
  }
  stores.grantAssertions.set(key, true, exp + clockToleranceSeconds)
}

function askedScope({ parameters }: TokenRequest, { claims }: CheckedAssertion, rules: JwtBearerRules) {
  const claimed = rules.scopeFromAssertion ? claims['scope'] : undefined
  return parameters.get('scope') ?? (typeof claimed === 'string' ? claimed : undefined)
}

/** Builds the grant of a deployment. */
export function createJwtBearerGrant(rules: JwtBearerRules): Grant {
  return async (request) => {
    const { call, client, jkt } = request
    const assertion = await readAssertion(request, rules)
    const scopes = readProgramScopes(call.context, client, askedScope(request, assertion, rules))
    const target = readProgramTarget(request, scopes)
    spend(call.context, assertion)
    const family = startFamily(call.context, { client, subject: assertion.subject, jkt, ...target })
    return issueTokens(call.context, { family, scopes: target.scopes, jkt, withRefreshToken: false })
  }
}

/**
 * Exchanges a JWT of a service account or of a trusted issuer for an access token. A service account needs
 * no other authentication than its assertion. There is no refresh token: a new assertion is as good.
 *
 * @see RFC 7523 section 2.1
 */
export const jwtBearerGrant: Grant = createJwtBearerGrant({ requireSubject: true, scopeFromAssertion: false })
