import { pushedAuthorization } from '@oauth-concierge/core'
import type { FaultName } from '@oauth-concierge/reference-server'
import { describe, expect, it } from 'vitest'
import { createStandardVisit, issuer } from './standard-visit.ts'

/** The case, the fault, and the error that a login meets with. */
const fatal: readonly (readonly [string, FaultName, string])[] = [
  ['A04', 'callback.code_twice', 'callback_malformed'],
  ['A04', 'callback.code_empty', 'callback_malformed'],
  ['A06', 'callback.access_token_added', 'callback_malformed'],
  ['A06', 'callback.id_token_added', 'callback_malformed'],
  ['A07', 'callback.iss_wrong', 'callback_issuer_mismatch'],
  ['A07', 'callback.iss_trailing_slash', 'callback_issuer_mismatch'],
  ['A07', 'callback.iss_upper_case', 'callback_issuer_mismatch'],
  ['A08', 'callback.iss_removed', 'callback_issuer_mismatch'],
  ['A09', 'callback.error_with_wrong_iss', 'callback_issuer_mismatch'],
  ['I01', 'id_token.wrong_issuer', 'id_token_claim_invalid'],
  ['I01', 'id_token.issuer_trailing_slash', 'id_token_claim_invalid'],
  ['I02', 'id_token.wrong_audience', 'id_token_claim_invalid'],
  ['I02', 'id_token.missing_audience', 'id_token_claim_invalid'],
  ['I03', 'id_token.secondary_audience', 'id_token_claim_invalid'],
  ['I03', 'id_token.foreign_azp', 'id_token_claim_invalid'],
  ['I05', 'id_token.missing_subject', 'id_token_claim_invalid'],
  ['I05', 'id_token.empty_subject', 'id_token_claim_invalid'],
  ['I05', 'id_token.huge_subject', 'id_token_claim_invalid'],
  ['I06', 'id_token.missing_iat', 'id_token_claim_invalid'],
  ['I06', 'id_token.future_iat', 'id_token_claim_invalid'],
  ['I06', 'id_token.ancient_iat', 'id_token_claim_invalid'],
  ['I07', 'id_token.missing_exp', 'id_token_claim_invalid'],
  ['I07', 'id_token.exp_string', 'id_token_claim_invalid'],
  ['I07', 'id_token.exp_huge', 'id_token_claim_invalid'],
  ['I07', 'id_token.exp_milliseconds', 'id_token_claim_invalid'],
  ['I08', 'id_token.wrong_nonce', 'id_token_claim_invalid'],
  ['I08', 'id_token.missing_nonce', 'id_token_claim_invalid'],
  ['I08', 'id_token.nonce_array', 'id_token_claim_invalid'],
  ['I10', 'id_token.alg_none', 'id_token_malformed'],
  ['I10', 'id_token.alg_none_mixed_case', 'id_token_malformed'],
  ['I10', 'id_token.alg_null', 'id_token_malformed'],
  ['I11', 'id_token.hs256_with_public_key', 'id_token_algorithm_refused'],
  ['I12', 'id_token.broken_signature', 'id_token_signature_invalid'],
  ['I12', 'id_token.foreign_key', 'id_token_signature_invalid'],
  ['I13', 'id_token.space_inside', 'id_token_malformed'],
  ['I13', 'id_token.newline_inside', 'id_token_malformed'],
  ['I13', 'id_token.padded', 'id_token_malformed'],
  ['I13', 'id_token.non_canonical', 'id_token_malformed'],
  ['I14', 'id_token.wrong_at_hash', 'id_token_claim_invalid'],
  ['I15', 'id_token.encrypted_pbes2', 'id_token_malformed'],
  ['I18', 'id_token.typ_access_token', 'id_token_malformed'],
  ['K06', 'jwks.no_kid', 'key_not_found'],
  ['K06', 'jwks.many_keys_no_kid', 'key_not_found'],
  ['K07', 'jwks.duplicate_kid', 'key_not_found'],
  ['K08', 'jwks.weak_rsa_1024', 'key_not_found'],
  ['K08', 'jwks.rsa_exponent_one', 'key_not_found'],
  ['K08', 'jwks.private_key_published', 'key_not_found'],
  ['K08', 'jwks.symmetric_key', 'key_not_found'],
  ['K09', 'jwks.html_200', 'key_set_malformed'],
  ['K09', 'jwks.keys_object', 'key_set_malformed'],
  ['K09', 'jwks.five_thousand_keys', 'response_too_large'],
  ['K09', 'jwks.too_large', 'response_too_large'],
  ['K09', 'jwks.redirected', 'redirected'],
  ['K10', 'id_token.header_jwk', 'id_token_malformed'],
  ['K10', 'id_token.header_jku', 'id_token_malformed'],
  ['K10', 'id_token.header_x5u', 'id_token_malformed'],
  ['K10', 'id_token.header_crit', 'id_token_malformed'],
  ['T01', 'token.invalid_grant', 'request_refused'],
  ['T02', 'token.answer_lost_after_commit', 'network_failed'],
  ['T02', 'token.answer_lost_before_commit', 'network_failed'],
  ['T03', 'token.expires_in_negative', 'token_response_malformed'],
  ['T04', 'token.type_mac', 'token_response_malformed'],
  ['T04', 'token.type_missing', 'token_response_malformed'],
  ['T06', 'token.huge_access_token', 'response_too_large'],
  ['T06', 'token.access_token_empty', 'token_response_malformed'],
  ['T07', 'id_token.missing', 'id_token_missing'],
  ['N03', 'body.reset_midway', 'network_failed'],
  ['N03', 'body.truncated', 'metadata_malformed'],
  ['N05', 'token.html_200', 'unexpected_response'],
  ['N05', 'token.error_as_html', 'request_refused'],
  ['N07', 'token.redirected', 'redirected'],
  ['N07', 'discovery.redirected', 'redirected'],
  ['N12', 'discovery.http_endpoints', 'metadata_malformed'],
  ['N12', 'discovery.javascript_endpoint', 'metadata_malformed'],
  ['N12', 'discovery.file_endpoint', 'metadata_malformed'],
  ['N12', 'discovery.link_local_endpoint', 'metadata_malformed'],
  ['X01', 'discovery.wrong_issuer', 'metadata_issuer_mismatch'],
  ['X01', 'discovery.trailing_slash', 'metadata_issuer_mismatch'],
]

const harmless: readonly (readonly [string, FaultName])[] = [
  ['A13', 'discovery.pkce_unannounced'],
  ['A13', 'discovery.pkce_plain_only'],
  ['I04', 'id_token.audience_array'],
  ['I18', 'id_token.proto_claim'],
  ['K01', 'jwks.rotated_just_now'],
  ['K06', 'id_token.no_kid'],
  ['K07', 'jwks.same_kid_for_encryption'],
  ['K07', 'jwks.same_kid_other_type'],
  ['K10', 'jwks.key_without_alg'],
  ['T03', 'token.expires_in_missing'],
  ['T03', 'token.expires_in_huge'],
  ['T03', 'token.expires_in_string'],
  ['T04', 'token.type_mixed_case'],
  ['T05', 'token.scope_missing'],
  ['T06', 'token.proto_member'],
  ['T06', 'token.duplicate_member'],
  ['T06', 'token.byte_order_mark'],
]

describe('with a fault at the server', () => {
  it.each(fatal)('%s: at %s a login ends with %s', async (_, fault, code) => {
    const { relyingParty, vault, server, asked, strike, logIn } = createStandardVisit()
    strike(fault)
    await expect(logIn()).rejects.toMatchObject({ code })
    expect(relyingParty.session.status).not.toBe('authenticated')
    expect(await vault.get(`concierge:tokens:app@${issuer}`)).toBeUndefined()
    expect(server.ledger.count({ endpoint: 'token' })).toBeLessThanOrEqual(1)
    expect(asked.filter((url) => !url.startsWith(issuer))).toEqual([])
  })

  it.each(harmless)('%s: at %s a login succeeds', async (_, fault) => {
    const { relyingParty, server, strike, logIn } = createStandardVisit()
    strike(fault)
    await logIn()
    expect(relyingParty.session).toMatchObject({ status: 'authenticated', claims: { sub: 'ada' } })
    const [request] = server.ledger.select({ endpoint: 'authorize' })
    expect(request?.parameters).toMatchObject({ code_challenge_method: 'S256' })
    expect(Object.prototype).not.toHaveProperty('polluted')
  })
})

describe('the answer to a pushed request', () => {
  it.each([
    ['par.refused_400', 'request_refused'],
    ['par.method_not_allowed_405', 'unexpected_response'],
    ['par.too_large_413', 'unexpected_response'],
    ['par.rate_limited_429', 'rate_limited'],
  ] as const)('T10: %s is %s, and no plain request is made', async (fault, code) => {
    const { server, strike, logIn } = createStandardVisit({ authorization: [pushedAuthorization()] })
    strike(fault)
    await expect(logIn()).rejects.toMatchObject({ code })
    expect(server.ledger.count({ endpoint: 'authorize' })).toBe(0)
  })
})

describe('what a login leaves', () => {
  it('A01: without a state nothing is asked, and the login under way can still be finished', async () => {
    const { relyingParty, server, visitServer } = createStandardVisit()
    const parameters = await visitServer()
    const without = new URLSearchParams([...parameters].filter(([name]) => name !== 'state'))
    await expect(relyingParty.finishLogin(without)).rejects.toMatchObject({ code: 'callback_state_missing' })
    expect(server.ledger.count({ endpoint: 'token' })).toBe(0)
    await expect(relyingParty.finishLogin(parameters)).resolves.toEqual({})
  })

  it('A09: the words of another issuer are in no error', async () => {
    const { strike, logIn } = createStandardVisit()
    strike('callback.error_with_wrong_iss')
    await expect(logIn()).rejects.toMatchObject({ message: expect.not.stringContaining('access_denied') })
  })

  it('A10: markup in an error description is text, in one member of the error', async () => {
    const { strike, logIn } = createStandardVisit()
    strike('callback.error_as_html')
    const error = (await logIn().catch((reason: unknown) => reason)) as { errorDescription: string }
    expect(error).toMatchObject({ name: 'ServerError', errorDescription: expect.stringContaining('<') })
  })

  it.each(['token.answer_lost_after_commit', 'token.answer_lost_before_commit'] as const)(
    'T02: a code is not sent again after %s',
    async (fault) => {
      const { relyingParty, asked, strike, visitServer } = createStandardVisit()
      strike(fault, { times: 1 })
      const parameters = await visitServer()
      await expect(relyingParty.finishLogin(parameters)).rejects.toMatchObject({ code: 'network_failed' })
      await expect(relyingParty.finishLogin(parameters)).rejects.toMatchObject({ code: 'callback_replayed' })
      expect(asked.filter((url) => url === `${issuer}/token`)).toHaveLength(1)
    },
  )

  it.each([
    ['token.expires_in_string', 3_600],
    ['token.expires_in_huge', 30 * 86_400],
  ] as const)('T03: after %s the access token lasts %d seconds', async (fault, lifetime) => {
    const { relyingParty, clock, strike, logIn } = createStandardVisit()
    strike(fault)
    await logIn()
    const accessTokenExpiresAt = clock.wallTime() / 1000 + lifetime
    expect(relyingParty.session).toMatchObject({ accessTokenExpiresAt })
  })

  it('T05: the session shows the scope that was granted, not the one that was asked for', async () => {
    const { relyingParty, strike, logIn } = createStandardVisit({ scope: 'openid profile email' })
    strike('token.scope_shrunk')
    await logIn()
    expect(relyingParty.session).toMatchObject({ scope: ['openid'] })
  })

  it('I18, T06: a member called __proto__ is nobody’s prototype', async () => {
    const { relyingParty, strike, logIn } = createStandardVisit()
    strike('id_token.proto_claim')
    strike('token.proto_member')
    strike('userinfo.proto_member')
    await logIn()
    const { session } = relyingParty
    const claims = session.status === 'authenticated' ? session.claims : undefined
    const answers = [claims, await relyingParty.userInfo(), {}]
    expect(answers.map((answer) => Object(answer).isAdmin)).toEqual([undefined, undefined, undefined])
  })
})

describe('keys', () => {
  it('K05: a key that was withdrawn counts for ten minutes at most', async () => {
    const { clock, strike, logIn } = createStandardVisit()
    await logIn()
    strike('jwks.key_withdrawn')
    await expect(logIn()).resolves.toBeUndefined()
    await clock.advance(601)
    await expect(logIn()).rejects.toMatchObject({ code: 'key_not_found' })
    await expect(logIn()).rejects.toMatchObject({ code: 'key_not_found' })
  })
})
