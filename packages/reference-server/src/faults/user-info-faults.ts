import type { FaultNameOf } from '../faults.ts'
import { changeJson, htmlAnswer, withBody } from './answers.ts'
import type { Exchange, FaultEffect } from './exchange.ts'
import { type Jwt, readJwt, signJwt, unsignedJwt } from './jwt.ts'
import { defineMember } from './token-changes.ts'

/** The effect of a fault that changes a profile which comes as a JWT. @see OpenID Connect Core 1.0 section 5.3.2 */
function rewriteSigned(rewrite: (profile: Jwt, exchange: Exchange) => string | Promise<string>): FaultEffect {
  return async (exchange) => {
    const answer = await exchange.forward()
    if (!answer.headers.get('content-type')?.startsWith('application/jwt')) return answer
    const text = await answer.text()
    const profile = readJwt(text)
    const strikes = profile !== undefined && exchange.take('around')
    return withBody(answer, strikes ? await rewrite(profile, exchange) : text)
  }
}

const signedClaim = (name: string, fallback: string): FaultEffect =>
  rewriteSigned(async ({ header, claims }, { options, tools }) => {
    const signer = await tools.keys.trusted({ header, claims })
    const changed = { ...claims, [name]: options.value ?? fallback }
    return signJwt({ header: { ...header, alg: signer.alg, kid: signer.kid }, claims: changed }, signer)
  })

/** Faults of the UserInfo endpoint. */
export const userInfoFaults: Readonly<Record<FaultNameOf<'userinfo'>, FaultEffect>> = {
  'userinfo.other_subject': changeJson((body, { options }) => {
    body['sub'] = options.value ?? 'somebody-else'
  }),
  'userinfo.missing_subject': changeJson((body) => void delete body['sub']),
  'userinfo.proto_member': changeJson((body) => defineMember(body, '__proto__', { isAdmin: true })),
  'userinfo.signed_wrong_issuer': signedClaim('iss', 'https://attacker.example'),
  'userinfo.signed_wrong_audience': signedClaim('aud', 'another-client'),
  'userinfo.signed_alg_none': rewriteSigned(({ header, claims }) =>
    unsignedJwt({ header: { ...header, alg: 'none' }, claims }),
  ),
  'userinfo.html_200': htmlAnswer(200),
}
