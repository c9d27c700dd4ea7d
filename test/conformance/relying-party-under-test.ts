import {
  createScriptedServer,
  issuer,
  type ScriptedServer,
} from '../../packages/core/src/testing/scripted-server.test-support.ts'
import type { RelyingParty } from '@oauth-concierge/core'
import { exportJWK, generateKeyPair } from 'jose'

export { createScriptedServer as createServer, issuer }

/** Something that the server of a conformance module does other than it should. */
export type Deviation = (server: ScriptedServer) => void | Promise<void>

/** A login at a server that deviates; gives the session's claims. */
export async function logInWhere(deviation: Deviation): Promise<unknown> {
  const server = await createScriptedServer()
  await deviation(server)
  const relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
  return claimsOf(relyingParty)
}

/** The code of the error that the login meets with; it must leave no session behind. */
export async function refusalWhere(deviation: Deviation): Promise<string> {
  const server = await createScriptedServer()
  await deviation(server)
  const relyingParty = server.relyingParty()
  const error = await server.logIn(relyingParty).then(
    () => ({ code: 'accepted' }),
    (reason: unknown) => reason as { code: string; claim?: string },
  )
  if (relyingParty.session.status === 'authenticated') return 'accepted'
  return 'claim' in error ? `${error.code}: ${error.claim}` : error.code
}

/** The code of the error that a refresh meets with, at a server that deviates after the login. */
export async function refreshRefusalWhere(deviation: Deviation): Promise<string> {
  const server = await createScriptedServer()
  const relyingParty = server.relyingParty()
  await server.logIn(relyingParty)
  await deviation(server)
  await server.clock.advance(3_600)
  return relyingParty.getAccessToken().then(
    () => 'accepted',
    (reason: { code: string }) => reason.code,
  )
}

function claimsOf({ session }: RelyingParty): unknown {
  return session.status === 'authenticated' ? session.claims : undefined
}

/** A sound key that has signed nothing. */
export async function createPublicKey(): Promise<Record<string, unknown>> {
  const { publicKey } = await generateKeyPair('ES256')
  return { ...(await exportJWK(publicKey)), alg: 'ES256', use: 'sig' }
}
