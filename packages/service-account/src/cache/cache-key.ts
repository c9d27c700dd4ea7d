import { hex } from '../keys/der.ts'
import type { TokenTarget } from '../token-source.ts'

/** A target with every name for the same thing made one: the scope in order and without repetition. */
export interface NormalTarget {
  readonly scope: string | undefined
  readonly audience: string | undefined
  readonly resource: readonly string[] | undefined
}

/** Makes one form of a target. */
export function normalizeTarget({ scope, audience, resource }: TokenTarget): NormalTarget {
  const resources = typeof resource === 'string' ? [resource] : resource
  return {
    scope: normalizeScope(scope),
    audience,
    resource: resources && [...new Set(resources)].sort(),
  }
}

function normalizeScope(scope: TokenTarget['scope']): string | undefined {
  if (scope === undefined || (typeof scope === 'string' && scope !== '' && !scope.includes(' '))) return scope
  const scopes = typeof scope === 'string' ? scope.split(' ') : [...scope]
  const named = [...new Set(scopes.filter((name) => name !== ''))].sort()
  return named.length > 0 ? named.join(' ') : undefined
}

/** SHA-256 of a text, in hexadecimal. Of what it was made it tells nothing. */
export async function digest(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}

const identities = new WeakMap<object, number>()
let lastIdentity = 0

/** A name for an object that cannot be looked into, such as a signer: the same for the same object, in this process. */
export function identityOf(thing: object): string {
  const known = identities.get(thing) ?? (lastIdentity += 1)
  identities.set(thing, known)
  return `#${known}`
}
