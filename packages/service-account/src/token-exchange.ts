import {
  type ClientAuthentication,
  exchangeToken,
  publicClient,
  type TokenResponse,
  UsageError,
} from '@oauth-concierge/core'
import { type NormalTarget, identityOf } from './cache/cache-key.ts'
import { clientSecretOf } from './machine/client-secret-of.ts'
import {
  createMachine,
  type Machine,
  requireText,
  type ServerDescription,
  type SourceOptions,
} from './machine/machine.ts'
import { createTargetedSource, type TargetedTokenSource } from './machine/targeted-source.ts'
import { identifyTokenInput, readTokenInput, type TokenInput } from './token-input.ts'
import type { TokenTarget } from './token-source.ts'

/** Whose token is exchanged, and for what. */
export interface TokenExchangeTarget extends TokenTarget {
  /** Stands for the party on whose behalf the new token is. */
  readonly subjectToken?: TokenInput
  /** Stands for the party that acts: delegation, where without it the client impersonates the subject. */
  readonly actorToken?: TokenInput
}

/** How tokens are exchanged. */
export interface TokenExchangeOptions extends TokenExchangeTarget, SourceOptions, ServerDescription {
  readonly clientId: string
  /** Sent by HTTP Basic. */
  readonly clientSecret?: string
  /** How the client proves itself, in place of a secret. Default without either: `publicClient()`. */
  readonly clientAuthentication?: ClientAuthentication
  /** Default: an access token; one of `tokenTypes` of core. */
  readonly subjectTokenType?: string
  readonly actorTokenType?: string
  readonly requestedTokenType?: string
}

/**
 * Access tokens in exchange for others: for another audience, or in another party's name. `for({ subjectToken })` serves many users by one
 * client. Does no I/O yet.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_malformed` for `metadata` given by hand
 * @see RFC 8693
 */
export function tokenExchange(options: TokenExchangeOptions): TargetedTokenSource<TokenExchangeTarget> {
  const { clientAuthentication, clientSecret } = options
  const authentication =
    clientAuthentication ?? (clientSecret === undefined ? publicClient() : clientSecretOf(options))
  const clientId = requireText(options.clientId, 'clientId')
  const machine = createMachine({ ...options, clientId }, authentication)
  const { subjectTokenType, actorTokenType, requestedTokenType } = options
  const kinds = JSON.stringify([subjectTokenType, actorTokenType, requestedTokenType])
  const client = identifyTokenInput(clientSecret ?? '')
  return createTargetedSource<TokenExchangeTarget>(
    machine,
    {
      name: 'token exchange',
      identify: ({ subjectToken, actorToken }) => {
        const parts = [client, identifyTokenInput(subjectToken), identifyTokenInput(actorToken)]
        const by = clientAuthentication ? identityOf(clientAuthentication) : ''
        return () => joinIdentities([kinds, by, ...parts.map((part) => part())])
      },
      request: (target, normal) => exchangeFor(machine, options, { ...target, normal }),
    },
    options,
  )
}

function joinIdentities(parts: readonly (string | Promise<string>)[]): string | Promise<string> {
  return parts.every((part) => typeof part === 'string')
    ? parts.join(' ')
    : Promise.all(parts).then((all) => all.join(' '))
}

/** One exchange, for a token that is sent to APIs. */
export async function exchangeFor(
  { tokenClient, extraParameters }: Machine,
  {
    subjectTokenType,
    actorTokenType,
    requestedTokenType,
  }: Pick<TokenExchangeOptions, 'subjectTokenType' | 'actorTokenType' | 'requestedTokenType'>,
  { subjectToken, actorToken, normal }: TokenExchangeTarget & { readonly normal: NormalTarget },
): Promise<TokenResponse> {
  if (subjectToken === undefined)
    throw new UsageError('invalid_configuration', 'subjectToken is missing: whose token is exchanged?')
  const { scope, audience, resource } = normal
  const exchanged = await exchangeToken(tokenClient, {
    subjectToken: await readTokenInput(subjectToken),
    ...(actorToken !== undefined && { actorToken: await readTokenInput(actorToken) }),
    ...(subjectTokenType !== undefined && { subjectTokenType }),
    ...(actorTokenType !== undefined && { actorTokenType }),
    ...(requestedTokenType !== undefined && { requestedTokenType }),
    ...(scope !== undefined && { scope }),
    ...(audience !== undefined && { audience }),
    ...(resource && { resource }),
    ...(extraParameters && { extraParameters }),
  })
  return checkAccessToken(exchanged)
}

/** A source gives tokens to send to APIs. */
function checkAccessToken(exchanged: Awaited<ReturnType<typeof exchangeToken>>): TokenResponse {
  const { tokenType } = exchanged
  if (tokenType !== 'n_a') return { ...exchanged, tokenType }
  throw new UsageError(
    'invalid_configuration',
    'The server issued a token that is no access token, so no API takes it. For other kinds of tokens use exchangeToken() of core.',
  )
}
