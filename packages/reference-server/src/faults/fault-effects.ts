import type { FaultName } from '../faults.ts'
import { accessTokenFaults } from './access-token-faults.ts'
import { authorizeFaults } from './authorize-faults.ts'
import { bodyFaults } from './body-faults.ts'
import { callbackFaults } from './callback-faults.ts'
import { clockFaults } from './clock-faults.ts'
import { discoveryFaults } from './discovery-faults.ts'
import { dpopFaults } from './dpop-faults.ts'
import { endpointFaults } from './endpoint-faults.ts'
import type { FaultEffect } from './exchange.ts'
import { idTokenFaults } from './id-token-faults.ts'
import { jwksFaults } from './jwks-faults.ts'
import { logoutTokenFaults } from './logout-token-faults.ts'
import { networkFaults } from './network-faults.ts'
import { refreshFaults } from './refresh-faults.ts'
import { resourceFaults } from './resource-faults.ts'
import { tokenFaults } from './token-faults.ts'
import { userInfoFaults } from './user-info-faults.ts'

/** What each fault of the catalogue does. */
export const faultEffects: Readonly<Record<FaultName, FaultEffect>> = {
  ...discoveryFaults,
  ...jwksFaults,
  ...authorizeFaults,
  ...callbackFaults,
  ...endpointFaults,
  ...tokenFaults,
  ...refreshFaults,
  ...idTokenFaults,
  ...accessTokenFaults,
  ...userInfoFaults,
  ...resourceFaults,
  ...logoutTokenFaults,
  ...dpopFaults,
  ...networkFaults,
  ...bodyFaults,
  ...clockFaults,
}
