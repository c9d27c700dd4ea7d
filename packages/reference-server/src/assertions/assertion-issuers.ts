import type { JSONWebKeySet } from 'jose'
import type { ServerContext } from '../context.ts'
import type { Client } from '../settings.ts'

/** One whose JWTs this server takes. */
export interface AssertionIssuer {
  readonly jwks: JSONWebKeySet
  /** The service account that it is; undefined for an issuer elsewhere. */
  readonly client: Client | undefined
  /** The token's subject for a `sub`; undefined where the issuer may not speak for it. */
  readonly subjectFor: (sub: string) => string | undefined
}

function serviceAccountIssuer({ settings }: ServerContext, iss: string): AssertionIssuer | undefined {
  const isNamed = ({ clientId, serviceAccount }: Client) =>
    serviceAccount !== undefined && (serviceAccount.name === iss || clientId === iss)
  const client = [...settings.clients.values()].find(isNamed)
  const { serviceAccount, jwks, clientId } = client ?? {}
  if (!serviceAccount || !jwks) return undefined
  return {
    client,
    jwks,
    subjectFor(sub) {
      if (sub === serviceAccount.name || sub === clientId) return serviceAccount.name
      return serviceAccount.actsFor.includes(sub) ? settings.users.get(sub)?.subject : undefined
    },
  }
}

/** The trusted issuer or the service account with this `iss`. */
export function findAssertionIssuer(context: ServerContext, iss: string): AssertionIssuer | undefined {
  const trusted = context.settings.trustedIssuers.find(({ issuer }) => issuer === iss)
  if (!trusted) return serviceAccountIssuer(context, iss)
  const { jwks, subjects } = trusted
  return {
    client: undefined,
    jwks,
    subjectFor: (sub) => (subjects?.includes(sub) === false ? undefined : sub),
  }
}
