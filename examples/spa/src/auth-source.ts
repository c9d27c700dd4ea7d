import type { Auth, SessionSource } from '@oauth-concierge/browser'
import type { Place } from './backstage/place.ts'
import type { StoreChoice } from './backstage/store-choice.ts'

/** What this page uses of `auth.ts`. Any module with as much may take its place: one without tokens has less to show behind the counter. */
export interface AuthSource {
  readonly auth: SessionSource & Partial<Pick<Auth, 'explain' | 'getAccessToken'>>
  /** Where the tokens live, and where else they might. */
  readonly choice?: StoreChoice
  /** Where the tokens live if there is no choice. */
  readonly place?: Place
}
