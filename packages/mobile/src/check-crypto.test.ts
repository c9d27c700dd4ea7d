import { describe, expect, it } from 'vitest'
import { checkCrypto } from './check-crypto.ts'

const { subtle } = crypto
const getRandomValues = (): undefined => undefined
const digest: SubtleCrypto['digest'] = (algorithm, data) => subtle.digest(algorithm, data)
const signatures = { importKey: subtle.importKey, verify: subtle.verify }

describe('the probe of WebCrypto', () => {
  it('is content with what a login needs', async () => {
    await expect(checkCrypto(true)).resolves.toBeUndefined()
    await expect(
      checkCrypto(true, { getRandomValues, subtle: { digest, ...signatures } }),
    ).resolves.toBeUndefined()
    await expect(checkCrypto(false, { getRandomValues, subtle: { digest } })).resolves.toBeUndefined()
  })

  it.each([
    ['nothing is there', {}, 'crypto.getRandomValues, crypto.subtle.digest, crypto.subtle.verify'],
    ['the context is not secure', { getRandomValues }, 'crypto.subtle.digest, crypto.subtle.verify'],
    ['there are no random values', { subtle: { digest, ...signatures } }, 'crypto.getRandomValues'],
    ['there are no signatures', { getRandomValues, subtle: { digest } }, 'crypto.subtle.verify'],
    [
      'the digest is made up',
      { getRandomValues, subtle: { digest: async () => new ArrayBuffer(32), ...signatures } },
      'crypto.subtle.digest',
    ],
    [
      'the digest throws',
      {
        getRandomValues,
        subtle: {
          digest: () => {
            throw new Error('not implemented')
          },
          ...signatures,
        },
      },
      'crypto.subtle.digest',
    ],
  ])('refuses a device where %s, and names what to install', async (_, found, missing) => {
    await expect(checkCrypto(true, found)).rejects.toMatchObject({
      code: 'crypto_missing',
      message: expect.stringContaining(
        `${missing} is missing here, and no login goes without it. Install react-native-quick-crypto`,
      ),
    })
  })
})
