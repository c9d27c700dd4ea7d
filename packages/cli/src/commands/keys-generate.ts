import type { KeyObject } from 'node:crypto'
import { type Command, defineCommand, wrongUsage } from '../command.ts'
import { algorithmNames, makeKeyPair } from '../keys/key-kinds.ts'
import { publicJwkOf, thumbprintOf } from '../keys/public-jwk.ts'
import { writePrivateFile } from '../keys/write-private-file.ts'

const fewestBits = 2_048
const mostBits = 8_192

/** `concierge keys generate`: a key pair, of which the private half goes into a file and the public one is shown. */
export const keysGenerate: Command = defineCommand({
  name: 'keys generate',
  summary: 'Makes a key pair: the private key goes into a file, the public one is printed as a JWK',
  usage: '[options]',
  options: {
    out: {
      type: 'string',
      value: '<file>',
      help: 'Where the private key goes. Default: private-key.json, or private-key.pem',
    },
    alg: { type: 'string', value: '<name>', help: `${algorithmNames.join(', ')}. Default: ES256` },
    format: {
      type: 'string',
      value: '<format>',
      help: 'Of the private key: jwk, or pem (PKCS#8). Default: jwk',
    },
    bits: { type: 'string', value: '<number>', help: `Of an RSA key. Default: ${fewestBits}` },
    force: { type: 'boolean', help: 'Replaces the file where it exists' },
  },
  notes: [
    'The file can be read by its owner only (0600). The kid is the thumbprint of the key (RFC 7638). Register the public\nJWK with the server; the private key never leaves the file.',
  ],
  examples: [
    'concierge keys generate',
    'concierge keys generate --alg RS256 --format pem --out robot.pem',
    'concierge keys generate --out robot.json --json > robot.public.json',
  ],
  run: async ({ values, terminal }) => {
    const { alg = 'ES256', format = 'jwk' } = values
    if (format !== 'jwk' && format !== 'pem') throw wrongUsage('--format is jwk or pem.')
    const { publicKey, privateKey } = await makeKeyPair(alg, readBits(values.bits))
    const bare = publicJwkOf(publicKey) ?? {}
    const names = { kid: await thumbprintOf(bare), alg, use: 'sig' }
    const out = values.out ?? `private-key.${format === 'jwk' ? 'json' : 'pem'}`
    const content = format === 'pem' ? pemOf(privateKey) : jwkText(privateKey, names)
    await writePrivateFile(out, content, { replace: values.force ?? false })
    terminal.writeError(`The private key is in ${out}. The public one, for the server:\n`)
    terminal.write(`${JSON.stringify({ ...bare, ...names }, undefined, values.json ? 0 : 2)}\n`)
  },
})

function readBits(text: string | undefined): number {
  const bits = Number(text ?? fewestBits)
  if (Number.isInteger(bits) && bits >= fewestBits && bits <= mostBits && bits % 8 === 0) return bits
  throw wrongUsage(`--bits is a multiple of 8 from ${fewestBits} to ${mostBits}.`)
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

function jwkText(key: KeyObject, names: object): string {
  return `${JSON.stringify({ ...key.export({ format: 'jwk' }), ...names }, undefined, 2)}\n`
}
