import {
  askForUserInfo,
  introspect,
  logOutAndComeBack,
  registerAndLogIn,
  revokeAtLogout,
} from './endpoint-flows.ts'
import type { FlowName } from './flow-table.ts'
import {
  exchangeOneForAnother,
  getTokenByAssertion,
  getTokenInOwnName,
  logInOnAnotherDevice,
  logInOnTheUsersDevice,
} from './grant-flows.ts'
import { logInByPassword, readTokenInAddress, useAccessManagementToken } from './legacy-flows.ts'
import {
  askAnApiOfItself,
  logInByCode,
  logInByHandwrittenMetadata,
  logInByPostedForm,
  logInByPushedRequest,
  logInByPushedRequestOnly,
  logInByRichRequest,
  logInBySignedAnswer,
  logInBySignedRequest,
  stepUpForAnApi,
  useBoundTokens,
} from './login-flows.ts'
import { proveClient } from './proof-flows.ts'
import {
  refreshAgainInGrace,
  refreshWithOneToken,
  refreshWithRotation,
  serveSeveralResources,
} from './refresh-flows.ts'
import type { Needs, Visit } from './visit.ts'

/** A flow as it runs at every server, and what it needs there. */
export interface Flow {
  readonly run: (visit: Visit) => Promise<void>
  readonly needs?: Needs
}

const secret = { hasSecret: true } as const
const extension = 'urn:ietf:params:oauth:grant-type:'

/** How each flow of the table runs. */
export const flows: Readonly<Record<FlowName, Flow>> = {
  'authorization code, PKCE S256': { run: logInByCode },
  'the answer as a posted form': { run: logInByPostedForm },
  'a signed answer (JARM)': { run: logInBySignedAnswer },
  'a pushed request where it is offered (PAR)': { run: logInByPushedRequest },
  'a pushed request, required': { run: logInByPushedRequestOnly, needs: { pushedRequestsOnly: true } },
  'a signed request (JAR)': { run: logInBySignedRequest },
  'a rich request (RAR)': { run: logInByRichRequest },
  'tokens bound to a key (DPoP), with nonces': { run: useBoundTokens, needs: { dpop: 'with nonces' } },
  'tokens bound to a key (DPoP), without nonces': { run: useBoundTokens, needs: { dpop: 'without nonces' } },
  'one refresh token for several resources': { run: serveSeveralResources },
  'refresh, the token stays': { run: refreshWithOneToken, needs: { rotation: 'none' } },
  'refresh, the token rotates; reuse ends the session': {
    run: refreshWithRotation,
    needs: { rotation: 'strict' },
  },
  'refresh, a lost answer within a grace period': { run: refreshAgainInGrace, needs: { rotation: 'grace' } },
  'a device without a browser': {
    run: logInOnAnotherDevice,
    needs: { grantTypes: [`${extension}device_code`, 'refresh_token'] },
  },
  'a login on the user’s own device (CIBA, poll)': {
    run: logInOnTheUsersDevice,
    needs: { ...secret, grantTypes: ['urn:openid:params:grant-type:ciba', 'refresh_token'] },
  },
  'token exchange': {
    run: exchangeOneForAnother,
    needs: { ...secret, grantTypes: ['client_credentials', `${extension}token-exchange`] },
  },
  'client credentials': {
    run: getTokenInOwnName,
    needs: { grantTypes: ['client_credentials'], ...secret },
  },
  'an assertion as a grant (JWT bearer)': {
    run: getTokenByAssertion,
    needs: { proof: 'private_key_jwt', grantTypes: [`${extension}jwt-bearer`] },
  },
  'a client without a secret': { run: proveClient, needs: { proof: 'none' } },
  'a secret by Basic': { run: proveClient, needs: { proof: 'client_secret_basic' } },
  'a secret by raw Basic': { run: proveClient, needs: { proof: 'client_secret_basic_raw' } },
  'a secret in the body': { run: proveClient, needs: { proof: 'client_secret_post' } },
  'a client assertion by a secret': { run: proveClient, needs: { proof: 'client_secret_jwt' } },
  'a client assertion by a key': { run: proveClient, needs: { proof: 'private_key_jwt' } },
  'a client certificate (mutual TLS)': { run: proveClient, needs: { proof: 'tls_client_auth' } },
  'UserInfo as JSON': { run: askForUserInfo },
  'UserInfo, signed': { run: askForUserInfo, needs: { signedUserInfo: true } },
  introspection: { run: introspect, needs: secret },
  'revocation at a logout': { run: revokeAtLogout },
  'a logout that the client starts, and its way back': { run: logOutAndComeBack },
  'a client that registers itself': { run: registerAndLogIn },
  'what an API says of itself': { run: askAnApiOfItself },
  'an API that asks for a stronger login': { run: stepUpForAnApi },
  'endpoints by hand, no discovery': { run: logInByHandwrittenMetadata },
  'legacy: a user’s password': {
    run: logInByPassword,
    needs: { ...secret, grantTypes: ['password', 'refresh_token'] },
  },
  'legacy: an implicit response': {
    run: readTokenInAddress,
    needs: { proof: 'none', grantTypes: ['implicit'] },
  },
  'legacy: GAT': { run: useAccessManagementToken, needs: { grantTypes: ['client_credentials'] } },
}
