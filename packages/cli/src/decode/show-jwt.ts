import type { EpochSeconds } from '@oauth-concierge/core'
import { table } from '../help.ts'
import { printable, printableJson } from '../printable.ts'
import type { Style } from '../style.ts'
import { findUnusual } from './find-unusual.ts'
import type { ReadJwt } from './read-jwt.ts'
import { listTimes } from './times.ts'

/** What is known of the signature. */
export type SignatureState = 'not_verified' | 'verified' | 'refused'

/** A JWT, and what is to be said of it. */
export interface ShownJwt {
  readonly jwt: ReadJwt
  readonly signature: SignatureState
  readonly now: EpochSeconds
}

/** For people. */
export function showJwt(shown: ShownJwt, style: Style): string {
  const { header, claims } = shown.jwt
  const sections = [
    signatureText(shown, style),
    section('Header', indented(header), style),
    claims ? section('Claims', indented(claims), style) : section('Claims', '  encrypted', style),
    timesText(shown, style),
    unusualText(shown, style),
  ]
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`
}

/** For programs. */
export function jwtAsJson({ jwt, signature, now }: ShownJwt): string {
  const { header, claims = null } = jwt
  const times = listTimes(claims ?? {}, now)
  return `${printableJson({ signature, header, claims, times, unusual: findUnusual(jwt, now) })}\n`
}

function signatureText({ signature, jwt }: ShownJwt, { good, bad }: Style): string {
  switch (signature) {
    case 'verified':
      return `${good('Verified:')} signature, issuer where one was given, and times.\nNot looked at: whom it is for (aud), what kind it is (typ), what it allows (scope).`
    case 'refused':
      return bad('REFUSED. Believe nothing of what follows.')
    case 'not_verified':
      return `${bad('The signature was NOT verified:')} anybody can have written this.${jwt.claims ? '\n--verify --issuer <url> verifies it.' : ''}`
  }
}

const section = (title: string, body: string, { strong }: Style): string => `${strong(title)}\n${body}`

function indented(value: unknown): string {
  return printableJson(value, 2).replace(/^/gm, '  ')
}

function timesText({ jwt: { claims = {} }, now }: ShownJwt, style: Style): string {
  const rows = listTimes(claims, now).map(
    ({ claim, at, relative }) => [claim, `${at}  ${style.faint(relative)}`] as const,
  )
  return rows.length > 0 ? section('Times', table(rows), style) : ''
}

function unusualText({ jwt, now }: ShownJwt, style: Style): string {
  const found = findUnusual(jwt, now)
  if (found.length === 0) return ''
  const lines = found.map(({ message }) => `  ${style.warning('!')} ${printable(message)}`)
  return section('Unusual', lines.join('\n'), style)
}
