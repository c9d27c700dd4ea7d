/** One behaviour that a port must show, for any test runner: it rejects when the port does not show it. */
export interface PortCase {
  readonly name: string
  run(): Promise<void>
}

/** @throws Error where the two are not the same data */
export function same(actual: unknown, expected: unknown): void {
  check(
    JSON.stringify(actual) === JSON.stringify(expected),
    `${JSON.stringify(actual)} is not ${JSON.stringify(expected)}`,
  )
}

/** @throws Error that names the fault */
export function check(holds: boolean, fault: string): void {
  if (!holds) throw new Error(fault)
}
