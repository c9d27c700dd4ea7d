import { UsageError } from '@oauth-concierge/core'

/** What is looked for: the global crypto, unless a test hands in another. */
type FoundCrypto = { readonly getRandomValues?: unknown; readonly subtle?: Partial<SubtleCrypto> | undefined }

/** SHA-256 of the empty text begins so. */
const emptyDigest = [0xe3, 0xb0, 0xc4, 0x42]

/**
 * Checks that WebCrypto is there and works as far as a login needs it: random values and SHA-256 for PKCE, signatures for an ID token.
 * A login without them is never tried. React Native has none by itself; a page has no `crypto.subtle` unless it is a secure context.
 * @throws UsageError `crypto_missing`, which names what to install
 */
export async function checkCrypto(
  needsSignatures: boolean,
  { getRandomValues, subtle }: FoundCrypto = (globalThis as { crypto?: FoundCrypto }).crypto ?? {},
): Promise<void> {
  const missing = [
    ...(typeof getRandomValues === 'function' ? [] : ['crypto.getRandomValues']),
    ...((await canDigest(subtle)) ? [] : ['crypto.subtle.digest']),
    ...(!needsSignatures || (canCall(subtle?.importKey) && canCall(subtle?.verify))
      ? []
      : ['crypto.subtle.verify']),
    ...(hasUrl() ? [] : ['URL.searchParams']),
  ]
  if (missing.length > 0) throw new UsageError('crypto_missing', describe(missing))
}

const canCall = (member: unknown): boolean => typeof member === 'function'

async function canDigest(subtle: Partial<SubtleCrypto> | undefined): Promise<boolean> {
  try {
    const digest = new Uint8Array((await subtle?.digest?.('SHA-256', new Uint8Array())) ?? [])
    return emptyDigest.every((byte, index) => digest[index] === byte)
  } catch {
    return false
  }
}

function hasUrl(): boolean {
  try {
    return new URL('com.example.app:/callback?code=1').searchParams.get('code') === '1'
  } catch {
    return false
  }
}

function describe(missing: readonly string[]): string {
  const isPage = typeof document !== 'undefined'
  const cure = isPage
    ? 'This page is no secure context or its engine is too old: serve the app from https (in Capacitor leave `androidScheme` at `https`), and require a WebView of this decade.'
    : missing.includes('URL.searchParams')
      ? 'Install react-native-url-polyfill and react-native-quick-crypto, and import both before anything else.'
      : 'Install react-native-quick-crypto and call its install() before anything else.'
  return `${missing.join(', ')} is missing here, and no login goes without it. ${cure}`
}
