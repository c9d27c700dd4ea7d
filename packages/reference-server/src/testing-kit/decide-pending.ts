import type { ServerContext } from '../context.ts'
import { findDevice } from '../device/user-code.ts'
import { decide } from '../polling/pending-grant.ts'
import { findTestUser } from './find-test-user.ts'

/** What a user says about a device. */
export interface DeviceDecision {
  /** As the device shows it. */
  readonly userCode: string
  /** Who decides. Default: the first user. */
  readonly username?: string
  /** Default: `allow`. */
  readonly decision?: 'allow' | 'deny'
}

/** What a user says about a backchannel authentication. */
export interface BackchannelDecision {
  /** Default: the latest request that waits. */
  readonly authReqId?: string
  /** Default: `allow`. */
  readonly decision?: 'allow' | 'deny'
}

/**
 * Decides about a device as its user would on the pages.
 *
 * @throws TypeError when no device waits with this code, or there is no such user
 */
export function decideDevice(
  context: ServerContext,
  { userCode, username, decision = 'allow' }: DeviceDecision,
): void {
  const device = findDevice(context, userCode)
  if (!device) throw new TypeError(`no device is waiting with the code ${userCode}`)
  decide(context, device, {
    allowed: decision === 'allow',
    user: findTestUser(device.client.userProvider.users, username),
  })
}

/**
 * Decides about a backchannel authentication as the user who is asked would.
 *
 * @throws TypeError when no such request is waiting
 */
export function decideBackchannel(
  context: ServerContext,
  { authReqId, decision = 'allow' }: BackchannelDecision,
): void {
  const { stores, clock } = context
  const waiting = stores.backchannelRequests
    .values()
    .filter((request) => !request.decision && request.expiresAt > clock.now())
    .findLast((request) => authReqId === undefined || request.authReqId === authReqId)
  if (!waiting)
    throw new TypeError(
      `no backchannel authentication is waiting${authReqId === undefined ? '' : ' by this id'}`,
    )
  decide(context, waiting, { allowed: decision === 'allow', user: waiting.user })
}
