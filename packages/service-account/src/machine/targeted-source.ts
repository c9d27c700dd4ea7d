import type { TokenResponse } from '@oauth-concierge/core'
import { normalizeTarget, type NormalTarget } from '../cache/cache-key.ts'
import { createTokenSource } from '../cache/create-token-source.ts'
import type { TokenSource, TokenTarget } from '../token-source.ts'
import { apisOf, type Machine, type SourceOptions } from './machine.ts'

/** Gives tokens for one target, and for others by the same credential. */
export interface TargetedTokenSource<Target extends TokenTarget = TokenTarget> extends TokenSource {
  /**
   * Tokens for another target; what it leaves out stays as it is. Costs nothing: make one whenever you need one, the tokens are kept by what
   * they are for.
   */
  for(target: Target): TokenSource
}

/** What one kind of source does its own way. */
export interface SourceKind<Target extends TokenTarget> {
  readonly name: string
  /** Gives what tells this credential from all others, also where two have the same name. At once, as soon as it is known. */
  identify(target: Target): () => string | Promise<string>
  request(target: Target, normal: NormalTarget): Promise<TokenResponse>
  dispose?(): void
}

/** Makes the source of `base`, from which those of other targets are made. */
export function createTargetedSource<Target extends TokenTarget>(
  machine: Machine,
  kind: SourceKind<Target>,
  base: Target & SourceOptions,
): TargetedTokenSource<Target> {
  const make = (target: Target & SourceOptions, dispose: (() => void) | undefined): TokenSource => {
    const normal = normalizeTarget(target)
    const { issuer, clientId } = machine.tokenClient.client
    const place = JSON.stringify([kind.name, issuer, clientId, normal, base.extraParameters])
    const identify = kind.identify(target)
    let named: string | undefined
    let name = ''
    const nameBy = (identity: string): string => {
      if (identity !== named) name = `${place} ${identity}`
      named = identity
      return name
    }
    return createTokenSource({
      ...machine,
      apis: apisOf(target),
      scope: normal.scope,
      key: () => {
        const identity = identify()
        return typeof identity === 'string' ? nameBy(identity) : identity.then(nameBy)
      },
      request: () => kind.request(target, normal),
      ...(dispose && { dispose }),
    })
  }
  const { apis, ...rest } = base
  return {
    ...make(base, kind.dispose && (() => kind.dispose?.())),
    for: (target) => make({ ...rest, ...(apis && { apis }), ...target } as Target & SourceOptions, undefined),
  }
}
