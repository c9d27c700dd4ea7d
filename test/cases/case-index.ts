/** A test: its file, and words of its title, or of the row of a table that it is one of. */
export type TestReference = readonly [file: string, title: string]

/** A fault or an attack, and the tests that show how it is met. */
export interface Case {
  readonly what: string
  readonly tests: readonly TestReference[]
  /** What of it is not met, or not shown by a test, and why. */
  readonly open?: string
}

const core = 'packages/core/src'
const callback = `${core}/relying-party/callback.test.ts`
const idToken = `${core}/protocol/id-token.test.ts`
const keySet = `${core}/protocol/key-set.test.ts`
const session = `${core}/session/live-session.test.ts`
const model = `${core}/session/model/refresh-model.test.ts`
const bounded = `${core}/ports/bounded-request.test.ts`
const fetching = `${core}/relying-party/authorized-fetch.test.ts`
const logins = `${core}/relying-party/logout.test.ts`
const transactions = `${core}/session/transaction.test.ts`
const dpop = `${core}/protocol/dpop.test.ts`
const skew = `${core}/relying-party/clock-skew.test.ts`
const jws = `${core}/protocol/verify-compact-jws.test.ts`
const userInfo = `${core}/protocol/user-info.test.ts`
const metadata = `${core}/protocol/server-metadata.test.ts`
const assertions = `${core}/protocol/client-authentication.test.ts`
const contract = 'test/contract/session.test.ts'
const faults = 'test/contract/faults.test.ts'
const refreshes = 'test/contract/refresh-faults.test.ts'
const network = 'test/contract/network-faults.test.ts'
const mixUp = 'test/contract/mix-up.test.ts'
const flows = 'test/contract/flows/flow-table.ts'
const dialects = 'test/contract/dialects.test.ts'

/** The server-side cases: authorization responses, ID tokens, keys, token requests, refreshes, network, clocks, mix-ups, DPoP. */
export const caseIndex: Readonly<Record<string, Case>> = {
  A01: {
    what: 'the state is missing',
    tests: [
      [callback, 'no state'],
      [faults, 'A01: without a state'],
    ],
  },
  A02: {
    what: 'the state is that of another user agent',
    tests: [
      [mixUp, 'A02: the callback of another user agent'],
      [contract, 'does not begin with a callback that another user agent started'],
    ],
  },
  A03: {
    what: 'a callback comes twice',
    tests: [
      [contract, 'redeems a callback once'],
      [transactions, 'gives a transaction to one of several takers, and calls the others replays'],
    ],
  },
  A04: {
    what: 'an answer is malformed',
    tests: [
      [callback, 'with %s twice is refused before any token request'],
      [callback, 'an empty code'],
      [faults, "'A04', 'callback.code_twice'"],
    ],
  },
  A06: {
    what: 'foreign tokens are in the answer of a code flow',
    tests: [
      [callback, 'an access token'],
      [faults, "'A06', 'callback.id_token_added'"],
    ],
  },
  A07: {
    what: 'iss is that of another server',
    tests: [
      [callback, 'an iss with a trailing slash'],
      [faults, "'A07', 'callback.iss_upper_case'"],
    ],
  },
  A08: { what: 'iss was removed', tests: [[faults, "'A08', 'callback.iss_removed'"]] },
  A09: {
    what: 'an error comes with the iss of another server',
    tests: [[faults, 'A09: the words of another issuer are in no error']],
  },
  A10: {
    what: 'an error description is markup',
    tests: [
      [faults, 'A10: markup in an error description is text'],
      [callback, 'shows an error description as plain text without what could be a token'],
    ],
  },
  A11: {
    what: 'the user comes back after too long',
    tests: [[callback, 'whose login began over 15 minutes ago is refused']],
    open: 'the error does not carry returnTo: whoever restarts the login has to know it',
  },
  A12: {
    what: 'logins pile up',
    tests: [[transactions, 'keeps several at a time, ten at the most, and evicts the oldest']],
  },
  A13: {
    what: 'PKCE is to be downgraded',
    tests: [
      [faults, "'A13', 'discovery.pkce_plain_only'"],
      [dialects, "code_challenge_method: 'S256'"],
      [`${core}/protocol/require-pkce.test.ts`, 'A13: is not begun at a server that does not announce S256'],
    ],
  },
  A14: {
    what: 'random values are weak or used twice',
    tests: [[logins, 'has PKCE S256, state and nonce, independent, new for each login and 256 bits long']],
  },

  I01: { what: 'the issuer is wrong', tests: [[faults, "'I01', 'id_token.issuer_trailing_slash'"]] },
  I02: { what: 'the audience is wrong or absent', tests: [[faults, "'I02', 'id_token.missing_audience'"]] },
  I03: { what: 'there is a second audience', tests: [[faults, "'I03', 'id_token.foreign_azp'"]] },
  I04: { what: 'the audience is a list of one', tests: [[faults, "'I04', 'id_token.audience_array'"]] },
  I05: { what: 'the subject is absent, empty or huge', tests: [[faults, "'I05', 'id_token.huge_subject'"]] },
  I06: { what: 'iat is absent or far off', tests: [[faults, "'I06', 'id_token.ancient_iat'"]] },
  I07: {
    what: 'exp is absent, past, or no number of seconds',
    tests: [
      [faults, "'I07', 'id_token.exp_milliseconds'"],
      [idToken, 'with an exp in milliseconds, and the message says so'],
    ],
  },
  I08: { what: 'the nonce is wrong, absent or a list', tests: [[faults, "'I08', 'id_token.nonce_array'"]] },
  I09: {
    what: 'a code of another session is injected',
    tests: [[contract, 'does not begin with a code that was meant for another login']],
  },
  I10: { what: 'alg is none, in whatever spelling', tests: [[faults, "'I10', 'id_token.alg_null'"]] },
  I11: {
    what: 'alg is not the registered one',
    tests: [
      [faults, "'I11', 'id_token.hs256_with_public_key'"],
      [
        'test/conformance/fapi2-security-profile-final-client-test-invalid-alternate-alg.test.ts',
        'idTokenAlgorithms',
      ],
    ],
  },
  I12: { what: 'the signature is broken', tests: [[faults, "'I12', 'id_token.broken_signature'"]] },
  I13: {
    what: 'one token has two spellings',
    tests: [
      [faults, "'I13', 'id_token.non_canonical'"],
      [jws, 'bits behind the last byte'],
    ],
  },
  I14: {
    what: 'at_hash is wrong',
    tests: [
      [faults, "'I14', 'id_token.wrong_at_hash'"],
      [idToken, 'signed with %s, with its at_hash'],
    ],
  },
  I15: { what: 'the ID token is encrypted', tests: [[faults, "'I15', 'id_token.encrypted_pbes2'"]] },
  I16: {
    what: 'max_age and acr are ignored',
    tests: [
      [idToken, 'auth_time: now - 901'],
      [idToken, 'I16: an acr that was not asked for'],
      [flows, 'an API that asks for a stronger login'],
    ],
  },
  I17: {
    what: 'UserInfo speaks of another subject',
    tests: [[userInfo, 'is refused in JSON for another subject']],
  },
  I18: {
    what: 'signed UserInfo is wrong; a claim is named __proto__',
    tests: [
      [userInfo, 'is refused when it is signed %s'],
      [faults, 'I18, T06: a member called __proto__'],
    ],
  },

  K01: { what: 'keys rotate between logins', tests: [[faults, "'K01', 'jwks.rotated_just_now'"]] },
  K02: {
    what: 'keys rotate a second after they were fetched',
    tests: [[keySet, 'follows a rotation one second after the first fetch']],
  },
  K03: {
    what: 'a flood of unknown keys',
    tests: [[keySet, 'costs three fetches for a thousand unknown keys in a minute']],
  },
  K04: {
    what: 'the key set cannot be had',
    tests: [[keySet, 'serves from memory for a day while the server is down, and no longer']],
  },
  K05: {
    what: 'a key was withdrawn',
    tests: [[faults, 'K05: a key that was withdrawn counts for ten minutes']],
  },
  K06: {
    what: 'there is no key id',
    tests: [
      [keySet, 'tries the keys that fit a token without a key id'],
      [faults, "'K06', 'jwks.many_keys_no_kid'"],
    ],
  },
  K07: {
    what: 'one key id names several keys',
    tests: [
      [keySet, 'tells keys of one name apart by what they are for'],
      [faults, "'K07', 'jwks.duplicate_kid'"],
    ],
  },
  K08: {
    what: 'keys are weak',
    tests: [
      [faults, "'K08', 'jwks.rsa_exponent_one'"],
      [jws, 'is of the kind whose factors can be found'],
    ],
    open: 'the fingerprint of CVE-2017-15361 is looked for by verifyCompactJws alone, not at a login',
  },
  K09: {
    what: 'the key set is malformed, huge or elsewhere',
    tests: [
      [faults, "'K09', 'jwks.five_thousand_keys'"],
      [keySet, 'too many keys'],
    ],
  },
  K10: {
    what: 'the token chooses its algorithm or its key',
    tests: [
      [faults, "'K10', 'id_token.header_jwk'"],
      [faults, "'K10', 'jwks.key_without_alg'"],
    ],
  },
  K11: {
    what: 'two tokens share a place in a cache of verifications',
    tests: [],
    open: 'nothing caches a verification, so there is nothing to collide in',
  },

  T01: { what: 'the code is refused', tests: [[faults, "'T01', 'token.invalid_grant'"]] },
  T02: { what: 'the answer to a code is lost', tests: [[faults, 'T02: a code is not sent again after %s']] },
  T03: {
    what: 'expires_in is absent or nonsense',
    tests: [
      [faults, 'T03: after %s the access token lasts'],
      [session, 'serves until an API refuses it where the server does not say how long it lasts'],
    ],
  },
  T04: {
    what: 'token_type is in another case, or another type',
    tests: [
      [faults, "'T04', 'token.type_mac'"],
      [dpop, 'is refused when the server issues tokens that are bound to nothing'],
    ],
  },
  T05: {
    what: 'less scope is granted',
    tests: [[faults, 'T05: the session shows the scope that was granted']],
  },
  T06: {
    what: 'the answer has members twice, a __proto__, or megabytes',
    tests: [
      [faults, "'T06', 'token.huge_access_token'"],
      [faults, "'T06', 'token.duplicate_member'"],
    ],
  },
  T07: { what: 'the ID token is missing', tests: [[faults, "'T07', 'id_token.missing'"]] },
  T08: { what: 'two logins at once', tests: [[contract, 'lets two logins at once both finish']] },
  T09: {
    what: 'a secret in a browser',
    tests: [['packages/browser/src/create-auth.test.ts', 'refuses %s']],
  },
  T10: {
    what: 'a pushed request is refused',
    tests: [[faults, 'T10: %s is %s, and no plain request is made']],
  },

  R01: {
    what: 'many callers, one stale token',
    tests: [[session, 'is refreshed once for ten thousand callers']],
  },
  R02: { what: 'many tabs, strict rotation', tests: [[model, 'without faults, strict']] },
  R03: {
    what: 'the tab that holds the lock dies or freezes',
    tests: [
      [model, 'where one tab crashes, strict'],
      [model, 'where locks run out of patience, strict'],
    ],
  },
  R04: {
    what: 'there is no lock to be had',
    tests: [],
    open: 'belongs to the lock of the browser package',
  },
  R05: {
    what: 'the answer to a refresh is lost',
    tests: [
      [refreshes, 'R05: an answer that was lost at a strict server costs one login'],
      [refreshes, 'R05: a request that never arrived is made once more'],
      [flows, 'refresh, a lost answer within a grace period'],
    ],
  },
  R06: { what: 'a crash between answer and store', tests: [[model, 'where one tab crashes, grace']] },
  R07: { what: 'the store is full', tests: [[session, 'goes on in memory when its store is full']] },
  R08: {
    what: 'the refresh token is refused',
    tests: [[refreshes, 'R08: a refusal ends the session everywhere']],
  },
  R09: {
    what: 'the server is down, or the device offline',
    tests: [[refreshes, "'R09', 'refresh.unavailable'"]],
  },
  R10: {
    what: 'no new refresh token comes',
    tests: [[refreshes, 'R10: a server that gives no new refresh token']],
  },
  R11: {
    what: 'the refreshed ID token is that of another',
    tests: [
      [refreshes, "'R11', 'refresh.other_subject'"],
      [refreshes, 'R11: an ID token of an older login is refused'],
    ],
  },
  R12: {
    what: 'scope is widened by a refresh',
    tests: [[session, 'R12: is not widened by an answer']],
  },
  R13: {
    what: 'a logout during a refresh',
    tests: [[refreshes, 'R13: an answer that comes after the logout']],
  },
  R14: {
    what: 'another user logs in during a refresh',
    tests: [
      [model, 'where users take turns, strict'],
      [session, 'of another user in the same store is not used in this one’s name'],
    ],
  },
  R15: { what: 'a storm of refreshes', tests: [[refreshes, 'R15: a server that is down for ten minutes']] },

  N01: { what: 'nobody answers', tests: [[callback, 'that never comes is a time-out after ten seconds']] },
  N02: { what: 'a body drips', tests: [[bounded, 'ends a body that drips, at the deadline']] },
  N03: { what: 'a body breaks off', tests: [[network, "'N03', 'body.length_lie'"]] },
  N04: {
    what: 'the server asks to slow down',
    tests: [
      [refreshes, 'N04: a server that asks for a minute is left alone for a minute'],
      [bounded, '99999999999999999999'],
    ],
  },
  N05: { what: 'a page comes instead of the answer', tests: [[faults, "'N05', 'token.html_200'"]] },
  N06: {
    what: 'a bomb, or a body without end',
    tests: [
      [network, "'N06', 'body.gzip_bomb'"],
      [network, 'N06: of a bomb that becomes 200 MB'],
      [bounded, 'does not abort a request that has failed by itself'],
    ],
    open: 'a thousand content encodings and then a reset end a process under the global fetch of Node, whoever calls it',
  },
  N07: {
    what: 'an endpoint redirects',
    tests: [[network, 'N07: of the endpoint %s by %d are not followed']],
  },
  N08: { what: 'an API redirects', tests: [[fetching, 'does not follow a redirect']] },
  N09: { what: 'the network flaps', tests: [[refreshes, 'N09: twenty flaps of the network in ten seconds']] },
  N11: {
    what: 'a caller aborts',
    tests: [[fetching, 'gives up with the reason of its caller, and leaves the refresh to the others']],
  },
  N12: {
    what: 'metadata names addresses that nobody should be sent to',
    tests: [
      [faults, "'N12', 'discovery.javascript_endpoint'"],
      [faults, "'N12', 'discovery.link_local_endpoint'"],
    ],
  },

  C01: { what: 'the clock is three minutes wrong', tests: [[skew, 'by %d seconds logs in and refreshes']] },
  C02: {
    what: 'the clock is two hours wrong',
    tests: [[skew, 'by %s is told so at the login, and by how much']],
  },

  X01: {
    what: 'the metadata is that of another issuer',
    tests: [
      [faults, "'X01', 'discovery.trailing_slash'"],
      [metadata, 'https://ID.example'],
    ],
  },
  X02: {
    what: 'two servers are mixed up',
    tests: [[mixUp, 'X02: the code of one is not sent to the other']],
  },
  X03: {
    what: 'a server names the endpoints of another as its own',
    tests: [[assertions, 'names the issuer as its only audience, one string']],
    open: 'a relying party knows its own server alone: nothing compares the endpoints of two',
  },
  X04: {
    what: 'the metadata changes during a login',
    tests: [[mixUp, 'X04: stays what it was at the start']],
  },
  X05: { what: 'tricks with the redirect URI', tests: [[mixUp, 'X05: the redirect URI is sent twice']] },
  X06: {
    what: 'a third party starts a login',
    tests: [[`${core}/relying-party/login-initiation.test.ts`, 'X06']],
  },
  X07: {
    what: 'the way back leads elsewhere',
    tests: [[`${core}/relying-party/return-to.test.ts`, 'javascript:']],
  },

  D01: {
    what: 'the server demands a nonce',
    tests: [
      [dpop, 'is taken up in one more request with a fresh jti'],
      [dpop, 'that is demanded twice is an error, and a refresh token is not spent by it'],
    ],
  },
  D02: { what: 'nonces of several servers', tests: [[dpop, 'keeps the nonces of servers apart']] },
  D03: {
    what: 'nonces change under calls at once',
    tests: [[dpop, 'never mixes up with others while the nonce changes in each of twenty answers at once']],
  },
  D04: {
    what: 'the key is lost',
    tests: [[dpop, 'ends the session at the refresh that finds it out, without a request']],
  },
  D05: { what: 'the key cannot be kept', tests: [[dpop, 'is refused when the store for the key %s']] },
  D06: {
    what: 'the scheme is in another case, or nobody demands a nonce',
    tests: [
      [dpop, 'dpop error=use_dpop_nonce'],
      [flows, 'tokens bound to a key (DPoP), without nonces'],
    ],
  },
  D07: {
    what: 'a downgrade to Bearer',
    tests: [[dpop, 'is never made without a proof, though the API answers']],
  },
  D08: {
    what: 'the proof names another address',
    tests: [[dpop, 'carries the token under its own scheme, and a proof of method, address and token']],
  },
}
