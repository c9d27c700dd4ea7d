import type { EpochSeconds } from '../options.ts'
import type { Client, User } from '../settings.ts'
import type { Browser, Login } from './records.ts'

/** What the user has said. */
export type Decision = { readonly allowed: true; readonly login: Login } | { readonly allowed: false }

/** A grant that a client polls for while the user decides elsewhere. */
export interface PendingGrant {
  readonly client: Client
  readonly scopes: readonly string[]
  readonly acrValues: readonly string[]
  readonly expiresAt: EpochSeconds
  /** Seconds that the client must leave between two polls. */
  interval: number
  lastPolledAt: EpochSeconds | undefined
  decision: Decision | undefined
  /** True once the tokens have been given out. */
  spent: boolean
}

/** A device that waits for its user. */
export interface DeviceAuthorization extends PendingGrant {
  /** As it is shown, such as `BCDF-GHJK`. */
  readonly userCode: string
}

/** A user on the way through the device pages. */
export interface DeviceInteraction {
  readonly id: string
  readonly browser: Browser
  readonly formToken: string
  /** Known once the user code has been entered. */
  device: DeviceAuthorization | undefined
}

/** An authentication that a client asked for, for a user who is elsewhere. */
export interface BackchannelRequest extends PendingGrant {
  readonly authReqId: string
  /** Who is asked. */
  readonly user: User
  /** What the user is shown, to be compared with what the client shows. */
  readonly bindingMessage: string | undefined
}
