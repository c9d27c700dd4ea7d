/** The kind of record that a key of the form `<kind>:<name>` names. */
export function recordKind(key: string): string {
  return key.slice(0, key.indexOf(':'))
}
