import type { ServerContext } from '../../context.ts'
import type { EpochSeconds } from '../../options.ts'
import type { ServerClock } from '../../state/clock.ts'
import { ExpiringMap } from '../../state/expiring-map.ts'
import { signJwt } from '../../tokens/sign-jwt.ts'

/** The whole content of an access-management token. */
export interface GatContent {
  readonly exp: EpochSeconds
  readonly iat: EpochSeconds
  readonly scopes: readonly string[]
}

/** The access-management tokens of one server. */
export interface GatStore {
  readonly issue: (context: ServerContext, scopes: readonly string[]) => Promise<string>
  /** Undefined for a token that is unknown or expired. */
  readonly find: (rpt: string) => GatContent | undefined
}

/** An empty store. */
export function createGatStore(clock: ServerClock): GatStore {
  const tokens = new ExpiringMap<GatContent>(clock)
  return {
    async issue(context, scopes) {
      const iat = clock.now()
      const content = { exp: iat + context.settings.lifetimes.accessToken, iat, scopes }
      const rpt = await signJwt(context, { ...content, scopes: [...scopes] }, 'JWT')
      tokens.set(rpt, content, content.exp)
      return rpt
    },
    find: (rpt) => tokens.get(rpt),
  }
}
