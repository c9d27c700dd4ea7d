import { base64url } from 'jose'
import { randomSecret } from './secrets.ts'

const secretBytes = 32

/** Four 32-bit words out of a text, by FNV-1a with four starts. */
function hashWords(text: string): Uint32Array {
  const starts = [0x811c9dc5, 0x01000193, 0x9e3779b9, 0x85ebca6b]
  const hash = (start: number): number => {
    let word = start
    for (const byte of new TextEncoder().encode(text)) word = Math.imul(word ^ byte, 0x01000193)
    return word
  }
  return Uint32Array.from(starts, hash)
}

/** The next number of the generator sfc32, whose four words of state it moves on. */
function nextWord(state: Uint32Array): number {
  const [a = 0, b = 0, c = 0, counter = 0] = state
  const word = (a + b + counter) | 0
  state[0] = b ^ (b >>> 9)
  state[1] = c + (c << 3)
  state[2] = ((c << 21) | (c >>> 11)) + word
  state[3] = counter + 1
  return word
}

/**
 * Where the values of tokens, codes and cookies come from: chance, or a seed. Whoever knows the seed knows
 * them all, which is what a test wants of it.
 */
export function createSecretSource(seed: string | undefined): () => string {
  if (seed === undefined) return randomSecret
  const state = hashWords(seed)
  for (let round = 0; round < 16; round++) nextWord(state)
  return () => {
    const words = Int32Array.from({ length: secretBytes / 4 }, () => nextWord(state))
    return base64url.encode(new Uint8Array(words.buffer))
  }
}
