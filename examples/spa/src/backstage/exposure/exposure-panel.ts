import { part, stamp } from '../../dom.ts'
import { type Finding, lookAround, type Surroundings, type Verdict } from './look-around.ts'

const summaries: Readonly<Record<Verdict, string>> = {
  'refresh token': 'A script of this page can carry off the refresh token, and go on elsewhere with it.',
  'access token':
    'A script of this page can use access tokens, for minutes each. The refresh token is out of its reach.',
  nothing: 'A script of this page gets no token.',
}

/** Has a script look for tokens, and shows what it found. @throws whatever a call of an API throws */
export async function showExposure(surroundings: Surroundings): Promise<void> {
  const findings = await lookAround(surroundings)
  const rows = findings.map(({ place, verdict, words }) => stamp('finding', { place, verdict, words }))
  part('findings').replaceChildren(...rows)
  part('no-findings').hidden = true
  part('exposure').textContent = summaries[worstOf(findings)]
  part('exposure').dataset['value'] = worstOf(findings)
}

/** Takes away what was found, once it is no longer so. */
export function forgetExposure(): void {
  part('findings').replaceChildren()
  part('no-findings').hidden = false
  part('exposure').textContent = ''
}

function worstOf(findings: readonly Finding[]): Verdict {
  const has = (wanted: Verdict): boolean => findings.some(({ verdict }) => verdict === wanted)
  return (['refresh token', 'access token'] as const).find(has) ?? 'nothing'
}
