import {
  createReferenceServer,
  type ReferenceServer,
  type ReferenceServerOptions,
} from '@oauth-concierge/reference-server'
import type { BffOptions } from '@oauth-concierge/bff'
import { ada, contractBff } from '../servers/contract-server.ts'
import { createRig, type Rig } from './rig.ts'

export const bob = { username: 'bob', password: 'another horse' }

/** A rig whose authorization server can be told what to do. */
export interface ReferenceRig extends Rig {
  readonly server: ReferenceServer
}

export function createReferenceRig(
  options: Partial<BffOptions> = {},
  serverOptions: Partial<ReferenceServerOptions> = {},
): ReferenceRig {
  const { clientId, clientSecret, redirectUri, postLogoutRedirectUri } = contractBff
  const server = createReferenceServer({
    issuer: 'https://id.example',
    clock: () => rig.clock.wallTime() / 1000,
    clients: [
      {
        clientId,
        clientSecret,
        redirectUris: [redirectUri],
        postLogoutRedirectUris: [postLogoutRedirectUri],
        backchannelLogoutUri: `${contractBff.origin}/auth/backchannel-logout`,
        skipConsent: true,
      },
    ],
    users: [
      { ...ada, claims: { sub: 'ada', name: 'Ada' } },
      { ...bob, claims: { sub: 'bob', name: 'Bob' } },
    ],
    lifetimes: { accessToken: 3_600, refreshToken: 86_400 * 30 },
    http: (request) => rig.bff.fetch(request),
    ...serverOptions,
  })
  const rig = createRig({
    server: { issuer: server.issuer, http: (url, init) => server.fetch(new Request(url, init)) },
    options,
  })
  return Object.assign(rig, { server })
}
