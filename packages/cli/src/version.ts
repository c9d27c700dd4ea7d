import { createRequire } from 'node:module'

/** The version of this package, which is found by its own name, since the built files lie in several folders. */
export function readVersion(): string {
  const manifest: unknown = createRequire(import.meta.url)('@oauth-concierge/cli/package.json')
  return String(Object(manifest).version)
}
