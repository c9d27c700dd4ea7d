import { decodeProtectedHeader, jwtVerify, type JWTPayload } from 'jose'
import { readScopes } from '../../clients/requested-scopes.ts'
import type { ClientOfGrant, Grant, ServerContext } from '../../context.ts'
import { endpointUrl } from '../../endpoint-url.ts'
import { OAuthError } from '../../http/oauth-error.ts'
import type { Parameters } from '../../http/parameters.ts'
import { issueTokens } from '../../tokens/issue-tokens.ts'
import { startFamily } from '../../tokens/token-families.ts'
import type { ServiceAccount } from './service-accounts.ts'

const longestSeconds = 3600
const clockSkewSeconds = 60

const refusal = (description: string): OAuthError => new OAuthError('invalid_grant', description)

function readHeader(assertion: string): ReturnType<typeof decodeProtectedHeader> {
  try {
    return decodeProtectedHeader(assertion)
  } catch {
    throw refusal('the assertion is not a JWT')
  }
}

/** Finds the account whose key an assertion names. */
export type FindAccount = (privateKeyId: string) => ServiceAccount | undefined

function readAccount(parameters: Parameters, find: FindAccount): ServiceAccount {
  const assertion = parameters.get('assertion')
  if (assertion === undefined) throw new OAuthError('invalid_request', 'parameter assertion is missing')
  const { alg, typ, kid } = readHeader(assertion)
  if (alg !== 'RS256' || typ !== 'JWT') throw refusal('the header must say alg RS256 and typ JWT')
  const account = find(kid ?? '')
  if (account) return account
  throw refusal('kid is not the private_key_id of a service account')
}

async function verify(
  { clock }: ServerContext,
  { publicKey }: ServiceAccount,
  assertion: string,
): Promise<JWTPayload> {
  const currentDate = new Date(clock.now() * 1000)
  try {
    const { payload } = await jwtVerify(assertion, publicKey, { algorithms: ['RS256'], currentDate })
    return payload
  } catch {
    throw refusal('the assertion is expired, or its signature is wrong')
  }
}

function checkClaims(context: ServerContext, { clientEmail }: ServiceAccount, claims: JWTPayload): void {
  const { iss, aud, iat, exp } = claims
  if (iss !== clientEmail) throw refusal('iss must be the client_email')
  if (aud !== endpointUrl(context, 'token')) throw refusal('aud must be the token_uri')
  if (iat === undefined || exp === undefined) throw refusal('iat and exp are both needed')
  if (exp - iat > longestSeconds) throw refusal('exp must be at most one hour after iat')
  if (iat > context.clock.now() + clockSkewSeconds) throw refusal('iat lies in the future')
}

/** The service account as the client of a token request that shows no other. */
export function clientOfAssertion(find: FindAccount): ClientOfGrant {
  return (_call, parameters) => readAccount(parameters, find).client
}

/**
 * Builds the grant of service accounts: a token for what the assertion itself asks for, and no refresh token.
 * A `scope` beside the assertion is not read.
 *
 * @see RFC 7523 sections 2.1 and 3
 */
export function buildAssertionGrant(find: FindAccount): Grant {
  return async ({ call: { context }, client, parameters, jkt }) => {
    const account = readAccount(parameters, find)
    if (account.client !== client) throw refusal('the assertion is that of another client')
    const claims = await verify(context, account, parameters.get('assertion') ?? '')
    checkClaims(context, account, claims)
    const asked = typeof claims['scope'] === 'string' ? claims['scope'] : undefined
    const scopes = readScopes(context, client, asked)
    const subject = account.clientEmail
    const family = startFamily(context, { client, scopes, jkt, asked: parameters, subject })
    return issueTokens(context, { family, scopes, askedScope: asked, jkt, withRefreshToken: false })
  }
}
