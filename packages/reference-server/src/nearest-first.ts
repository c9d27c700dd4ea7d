/** How many letters must be put in, taken out or changed to make one word of the other. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index)
  for (const [row, letter] of [...left].entries()) {
    const current = [row + 1]
    for (const [column, other] of [...right].entries()) {
      const change = (previous[column] ?? 0) + (letter === other ? 0 : 1)
      current.push(Math.min(change, (previous[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1))
    }
    previous = current
  }
  return previous.at(-1) ?? 0
}

/** The names, those first that are most like `wanted`. */
export function nearestFirst<Name extends string>(wanted: string, names: readonly Name[]): Name[] {
  const distances = new Map(names.map((name) => [name, editDistance(wanted, name)]))
  return [...names].sort((a, b) => (distances.get(a) ?? 0) - (distances.get(b) ?? 0))
}
