import type { Runtime } from '@oauth-concierge/core'
import type { AuthOptions } from './auth-options.ts'
import type { Engine } from './engine.ts'
import type { Diary } from './events.ts'

/** What a page's session is made of. */
export interface AuthParts {
  readonly options: AuthOptions
  readonly engine: Engine
  readonly runtime: Runtime
  readonly diary: Diary
  /** What the engine and its tokens are called in a report. */
  readonly tokenStore: string
}
