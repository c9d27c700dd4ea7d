import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import type OidcProvider from 'oidc-provider'
import { errors, type KoaContextWithOIDC } from 'oidc-provider'

/** Teaches oidc-provider the two grants that it leaves to its host: assertions (RFC 7523) and token exchange (RFC 8693). */
export function registerExtensionGrants(provider: OidcProvider): void {
  const issue = async (context: KoaContextWithOIDC, scope: string, more: object = {}): Promise<void> => {
    const { client } = context.oidc
    if (!client) throw new errors.InvalidClient('no client')
    const token = new provider.ClientCredentials({ client, scope })
    context.body = {
      access_token: await token.save(),
      token_type: 'Bearer',
      expires_in: token.expiration,
      scope,
      ...more,
    }
  }
  provider.registerGrantType(
    'urn:ietf:params:oauth:grant-type:jwt-bearer',
    async (context) => {
      const { client, params } = context.oidc
      const keys = createLocalJWKSet(client?.jwks as JSONWebKeySet)
      const { payload } = await jwtVerify(String(params?.['assertion']), keys, {
        audience: provider.issuer,
      }).catch(() => {
        throw new errors.InvalidGrant('the assertion does not verify')
      })
      if (payload.iss !== client?.clientId) throw new errors.InvalidGrant('the assertion is of somebody else')
      await issue(context, String(params?.['scope'] ?? ''))
    },
    ['assertion', 'scope'],
  )
  provider.registerGrantType(
    'urn:ietf:params:oauth:grant-type:token-exchange',
    async (context) => {
      const { params } = context.oidc
      const subject = await provider.ClientCredentials.find(String(params?.['subject_token']))
      if (!subject) throw new errors.InvalidGrant('the subject token is unknown')
      await issue(context, String(params?.['scope'] ?? ''), {
        issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
      })
    },
    ['subject_token', 'subject_token_type', 'audience', 'scope'],
  )
}
