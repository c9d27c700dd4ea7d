import type { ServerContext } from '../context.ts'
import { buildMetadata } from '../metadata/server-metadata.ts'

/** Those members of the metadata that a dialect announces. */
export function pickMetadata(
  context: ServerContext,
  names: readonly string[],
): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(buildMetadata(context)).filter(([name]) => names.includes(name)))
}
