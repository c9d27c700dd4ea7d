import type { ExpoCrypto } from './modules.ts'

/**
 * Puts `expo-crypto` in the place of what is missing of the global `crypto`: random values and digests, which PKCE needs. It has no signatures, so a
 * login with ID tokens (the scope `openid`) needs react-native-quick-crypto, which brings all of it. What is there already stays.
 */
export function installExpoCrypto(expoCrypto: ExpoCrypto): void {
  const scope = globalThis as { crypto?: { getRandomValues?: unknown; subtle?: { digest?: unknown } } }
  const found = scope.crypto ?? {}
  const digest = (algorithm: string | { readonly name: string }, data: BufferSource): Promise<ArrayBuffer> =>
    expoCrypto.digest((typeof algorithm === 'string' ? algorithm : algorithm.name) as never, data)
  const getRandomValues = <Values extends ArrayBufferView<ArrayBuffer>>(values: Values): Values => {
    expoCrypto.getRandomValues(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    return values
  }
  const crypto = {
    getRandomValues: found.getRandomValues ?? getRandomValues,
    subtle: found.subtle?.digest ? found.subtle : { ...found.subtle, digest },
  }
  if (found.getRandomValues && found.subtle?.digest) return
  Object.defineProperty(scope, 'crypto', { value: crypto, configurable: true, writable: true })
}
