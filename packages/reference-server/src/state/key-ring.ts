import type { KeySource } from './key-source.ts'
import type { SigningKey } from './signing-key.ts'

/** When and how keys are rotated. */
export interface RotateKeysOptions {
  /**
   * `beforeNextSigning` waits for the next token: whoever has fetched the key set until then meets a key that
   * is not in it. Default: `now`.
   */
  readonly when?: 'now' | 'beforeNextSigning'
  /** True takes every earlier key out of the key set at once, a `kid` only that one. Default: all stay published. */
  readonly withdraw?: boolean | string
}

/** The server's keys. The first one is made when it is first needed. */
export interface KeyRing {
  /** The key to sign with now. A rotation that waits for this is carried out first. */
  current(): Promise<SigningKey>
  /** Every published key, the current one first. */
  published(): Promise<readonly SigningKey[]>
  rotate(options?: RotateKeysOptions): Promise<void>
}

type Ring = readonly [SigningKey, ...SigningKey[]]

const publishedAtMost = 5

function isKept({ kid }: SigningKey, withdraw: boolean | string): boolean {
  return typeof withdraw === 'string' ? kid !== withdraw : !withdraw
}

/** A ring with no key yet. `onRotated` hears of each rotation when it is done. */
export function createKeyRing(nextKey: KeySource, onRotated: () => void): KeyRing {
  let ring: Promise<Ring> | undefined
  let waiting: RotateKeysOptions | undefined
  const keys = (): Promise<Ring> => (ring ??= nextKey().then((key) => [key]))
  const rotateNow = async ({ withdraw = false }: RotateKeysOptions): Promise<void> => {
    ring = keys().then(async (earlier) => {
      const kept = earlier.filter((key) => isKept(key, withdraw)).slice(0, publishedAtMost - 1)
      return [await nextKey(), ...kept]
    })
    await ring
    onRotated()
  }
  return {
    async current() {
      const options = waiting
      waiting = undefined
      if (options) await rotateNow(options)
      return (await keys())[0]
    },
    published: keys,
    async rotate(options = {}) {
      if (options.when === 'beforeNextSigning') waiting = options
      else await rotateNow(options)
    },
  }
}
