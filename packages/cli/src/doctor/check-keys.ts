import { TransportError } from '@oauth-concierge/core'
import { inspectKeys, type KeyReport } from '../keys/inspect-keys.ts'
import type { Examiner } from './examiner.ts'
import { bad, badBy, type Finding, good } from './finding.ts'

/** Whether the published keys can verify anything, and give nothing away. */
export async function checkKeys(examiner: Examiner, url: string): Promise<readonly Finding[]> {
  const answer = await examiner.ask(url, { headers: { accept: 'application/json' } })
  if (answer instanceof TransportError) return [badBy('keys', answer)]
  const body: unknown = answer.ok ? await answer.json().catch(() => undefined) : undefined
  const { keys } = Object(body) as { readonly keys?: unknown }
  if (!Array.isArray(keys) || keys.length === 0)
    return [
      bad(
        'keys',
        `${url} serves no key set, or an empty one.`,
        'Publish the public keys there, as {"keys":[…]}.',
      ),
    ]
  const reports = await inspectKeys(Buffer.from(JSON.stringify({ keys })))
  const problems = [...reports.flatMap(describe), ...repeated(reports)]
  if (problems.length > 0) return problems
  const kinds = [...new Set(reports.map(({ kind }) => kind))].join('; ')
  return [good('keys', `${reports.length} of them, all sound: ${kinds}.`)]
}

function describe({ keyId = 'without kid', problems }: KeyReport): readonly Finding[] {
  return problems.map((problem) =>
    bad('keys', `Key ${keyId}: ${problem}`, 'Mend it, or take it out of the set.'),
  )
}

function repeated(reports: readonly KeyReport[]): readonly Finding[] {
  const ids = reports.flatMap(({ keyId }) => keyId ?? [])
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  return twice === undefined
    ? []
    : [bad('keys', `Two keys have the name ${twice}.`, 'Give each key a kid of its own.')]
}
