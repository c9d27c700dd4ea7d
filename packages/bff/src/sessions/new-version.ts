/** A version that no other write has had or will have: 53 random bits, never 0. Whoever writes chooses it, so that a write can be sent again. */
export function newVersion(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return (high % 2 ** 21) * 2 ** 32 + low + 1
}
