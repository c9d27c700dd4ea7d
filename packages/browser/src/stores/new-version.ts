/** A version that no write has had: 53 random bits, since a counter would begin anew after a deletion. */
export function newVersion(): number {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return (high % 2 ** 21) * 2 ** 32 + low
}
