import type { Signer } from '@oauth-concierge/core'
import { ecdsaSignature } from '../keys/ecdsa-signature.ts'
import { decodeBase64 } from '../keys/read-pem.ts'

/** A program that signs. */
export interface CommandSignerOptions {
  /** JWS algorithm of the key. */
  readonly alg: string
  readonly keyId?: string
  /** The program, run without a shell. It gets the data on its standard input and gives the signature on its standard output. */
  readonly command: string
  readonly args?: readonly string[]
  /** `raw`: the bytes. `base64`: those as text. `der`: an ECDSA signature as OpenSSL writes it. Default `raw`. */
  readonly output?: 'raw' | 'base64' | 'der'
  /** In milliseconds. Default 10,000. */
  readonly timeout?: number
}

/** No signature is longer. */
const largestOutput = 16_384

/**
 * Signs by a program, such as one that reaches a smart card or a security module. Where it fails, the attempt to get a token rejects with
 * TransportError `signer_failed`; what the program says is not read.
 */
export function commandSigner(options: CommandSignerOptions): Signer {
  const { alg, keyId, output = 'raw' } = options
  return {
    alg,
    ...(keyId !== undefined && { keyId }),
    sign: async (data) => {
      const bytes = await run(options, data)
      if (output === 'raw') return bytes
      if (output === 'der') return ecdsaSignature(bytes, alg)
      const decoded = decodeBase64(bytes.toString('latin1'))
      if (!decoded) throw new Error('the program gave no base64')
      return decoded
    },
  }
}

async function run(
  { command, args = [], timeout = 10_000 }: CommandSignerOptions,
  data: Uint8Array,
): Promise<Buffer> {
  const { spawn } = await import('node:child_process')
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'ignore'], timeout, windowsHide: true })
    const chunks: Buffer[] = []
    let size = 0
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > largestOutput) child.kill()
      else chunks.push(chunk)
    })
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0 && size > 0) resolve(Buffer.concat(chunks))
      else reject(new Error(`the program ended with ${code}`))
    })
    // A program that ends before it has read everything says so by its exit code.
    child.stdin.on('error', () => undefined)
    child.stdin.end(data)
  })
}
