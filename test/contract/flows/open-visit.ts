import type { ServerName } from './flow-table.ts'
import { visitOidcProvider } from './oidc-provider-visit.ts'
import { visitReference } from './reference-visit.ts'
import type { Needs, Visit } from './visit.ts'

/** Starts the server, with a client that is registered as the flow needs it. */
export function openVisit(server: ServerName, needs: Needs): Promise<Visit> {
  const asked = server === 'gluu' ? needsAtGluu(needs) : needs
  return server === 'oidc-provider' ? visitOidcProvider(asked) : visitReference(server, asked)
}

/** A server without pages, whose sessions begin with a password, and which reads its clients' secrets in one way only. */
function needsAtGluu({
  grantTypes = ['password', 'refresh_token', 'client_credentials'],
  ...needs
}: Needs): Needs {
  return { ...needs, grantTypes }
}
