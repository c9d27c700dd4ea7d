/** A contestant of a timed measurement: `sample` gives one number, such as calls a second. */
export type Sampled = { name: string; sample: () => Promise<number> }

/** The samples of each contestant by name, one a round. */
export type Samples = ReadonlyMap<string, readonly number[]>

/**
 * Runs every contestant once a round. The place to begin moves on and every other round runs backwards, so that none
 * always follows the same neighbour; the first round only warms up.
 */
export async function sampleInRounds(contestants: readonly Sampled[], rounds: number): Promise<Samples> {
  const samples = new Map(contestants.map(({ name }) => [name, [] as number[]]))
  for (let round = 0; round <= rounds; round += 1) {
    const first = round % contestants.length
    const order = [...contestants.slice(first), ...contestants.slice(0, first)]
    for (const { name, sample } of round % 2 === 0 ? order : order.toReversed()) {
      const value = await sample()
      if (round > 0) samples.get(name)?.push(value)
    }
  }
  return samples
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

/** The median of the ratios taken round by round: a machine that slows down slows both sides of each. */
export function medianRatio(values: readonly number[], base: readonly number[]): number {
  return median(values.map((value, round) => value / (base[round] ?? Number.NaN)))
}
