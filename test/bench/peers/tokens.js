// Peers that hold a fresh token in Node, given to them by their own public calls.
import { OAuth2Client, OAuth2Fetch } from '@badgateway/oauth2-client'
import { InMemoryWebStorage, User, UserManager, WebStorageStateStore } from 'oidc-client-ts'

const hour = 3600

/** By name of contestant: makes a `getAccessToken` that has `accessToken` cached for an hour. */
export const peers = {
  '@badgateway/oauth2-client 3.3.1': async ({ issuer, clientId, accessToken }) => {
    const token = { accessToken, refreshToken: null, expiresAt: Date.now() + hour * 1000 }
    const client = new OAuth2Client({ clientId, server: issuer })
    const wrapper = new OAuth2Fetch({ client, getNewToken: () => token, scheduleRefresh: false })
    return () => wrapper.getAccessToken()
  },

  'oidc-client-ts 3.5.0 (memory store)': async ({ issuer, clientId, accessToken }) => {
    const manager = new UserManager({
      authority: issuer,
      client_id: clientId,
      redirect_uri: `${issuer}/callback`,
      userStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
      automaticSilentRenew: false,
    })
    const expires_at = Math.floor(Date.now() / 1000) + hour
    await manager.storeUser(
      new User({ access_token: accessToken, token_type: 'Bearer', profile: { sub: 'ada' }, expires_at }),
    )
    return async () => {
      const user = await manager.getUser()
      return (user && !user.expired ? user : await manager.signinSilent())?.access_token
    }
  },
}
