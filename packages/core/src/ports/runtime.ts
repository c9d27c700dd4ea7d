import type { OpenChannel } from './channel.ts'
import type { Clock } from './clock.ts'
import type { Http } from './http.ts'
import type { Lock } from './lock.ts'

/** What the SDK takes from its surroundings. Hand in a part of it as `runtime` to replace that part. */
export interface Runtime {
  readonly clock: Clock
  readonly http: Http
  readonly lock: Lock
  /** How those who share a client tell each other of its session. Default: there are no others. */
  readonly openChannel: OpenChannel
  /** False only where the device knows that it has no network. */
  isOnline(): boolean
  /** At least 0 and less than 1, to spread in time what many would do at once. Nothing secret depends on it. */
  random(): number
}
