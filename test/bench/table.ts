/** What a measurement gives back: cells are printed as they are, a missing number is said in words. */
export type Table = {
  title: string
  columns: readonly string[]
  rows: readonly (readonly string[])[]
  notes?: readonly string[]
}

/** `12345.6` as `12,346`. */
export function integer(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

/** `0.4567` as `0.46`, `12.34` as `12.3`, `0.00032` as `0.0003`. */
export function ratio(value: number): string {
  if (value < 0.01) return value.toPrecision(1)
  return value < 10 ? value.toFixed(2) : value.toFixed(1)
}

/** A Markdown table, padded so that it also reads well in a terminal; columns of numbers lean to the right. */
export function formatTable({ title, columns, rows, notes = [] }: Table): string {
  const shapes = columns.map((column, at) => {
    const cells = rows.map((row) => row[at] ?? '')
    return {
      width: Math.max(3, column.length, ...cells.map((cell) => cell.length)),
      numeric: cells.some((cell) => /^\d/.test(cell)) && at > 0,
    }
  })
  const line = (cells: readonly string[]) =>
    `| ${shapes.map(({ width, numeric }, at) => (cells[at] ?? '')[numeric ? 'padStart' : 'padEnd'](width)).join(' | ')} |`
  const rule = `| ${shapes.map(({ width, numeric }) => (numeric ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width))).join(' | ')} |`
  return [`## ${title}`, [line(columns), rule, ...rows.map(line)].join('\n'), ...notes].join('\n\n')
}
