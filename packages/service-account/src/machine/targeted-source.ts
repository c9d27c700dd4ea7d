import type { TokenResponse } from '@oauth-concierge/core'
import { normalizeTarget, type NormalTarget } from '../cache/cache-key.ts'
import { createApiFetch, createTokenSource } from '../cache/create-token-source.ts'
import type { TokenSource, TokenTarget } from '../token-source.ts'
import { apisOf, type Machine, type SourceOptions } from './machine.ts'

/** Gives tokens for one target, and for others by the same credential. */
export interface TargetedTokenSource<Target extends TokenTarget = TokenTarget> extends TokenSource {
  /**
   * Tokens for another target, until this source is disposed of; what it leaves out stays as it is. Costs nothing: make one whenever you need one, the tokens are kept by what
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
}

/** Makes the source of `base`, from which those of other targets are made. */
export function createTargetedSource<Target extends TokenTarget>(
  machine: Machine,
  kind: SourceKind<Target>,
  base: Target & SourceOptions,
): TargetedTokenSource<Target> {
  let isOver = false
  const { issuer, clientId } = machine.tokenClient.client
  const prefix = JSON.stringify([kind.name, issuer, clientId, base.extraParameters])

  const make = (target: Target & SourceOptions, dispose: () => void): TokenSource => {
    const normal = normalizeTarget(target)
    const identify = kind.identify(target)
    let named: string | undefined
    let name = ''
    const nameBy = (identity: string): string => {
      if (identity !== named) name = `${prefix} ${JSON.stringify(normal)} ${identity}`
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
      isDisposed: () => isOver,
      dispose,
    })
  }

  // Says at once what is wrong with the APIs.
  createApiFetch({ ...machine, apis: apisOf(base) }, { current: nothing, otherThan: nothing })
  const dispose = (): void => {
    isOver = true
  }
  return {
    ...make(base, dispose),
    for: (target) => make({ ...base, ...target }, () => undefined),
  }
}

function nothing(): never {
  throw new TypeError('This fetch is never called.')
}
