import { listen, type Listener } from '@oauth-concierge/reference-server/node'
import { createWorld, type World, type WorldOptions } from './create-world.ts'

/** A world whose servers listen on loopback. */
export interface StartedWorld extends World {
  readonly apiOrigin: string
  /** The authorization server refuses connections until it comes up again. */
  goDown(): Promise<void>
  comeUp(): Promise<void>
  close(): Promise<void>
}

/** Starts an authorization server and an API on free ports. */
export async function startWorld(
  options: Pick<WorldOptions, 'keyFile' | 'now' | 'accessTokenLifetime'>,
): Promise<StartedWorld> {
  const atIssuer = { fetch: (request: Request) => world.authorizationServer(request) }
  const atApi = { fetch: (request: Request) => world.api(request) }
  let issuer: Listener<typeof atIssuer> | undefined = await listen(() => atIssuer)
  const api = await listen(() => atApi)
  const port = Number(new URL(issuer.origin).port)
  const world = await createWorld({ ...options, issuer: issuer.origin, api: api.origin })
  const goDown = async (): Promise<void> => {
    await issuer?.close()
    issuer = undefined
  }
  return {
    ...world,
    apiOrigin: api.origin,
    goDown,
    comeUp: async () => void (issuer ??= await listen(() => atIssuer, { port })),
    close: async () => void (await Promise.all([goDown(), api.close()])),
  }
}
