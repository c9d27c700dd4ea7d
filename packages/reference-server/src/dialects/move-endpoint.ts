import type { Endpoint } from '../context.ts'

/** The endpoint under another path. */
export function moveEndpoint(endpoint: Endpoint, path: string): Endpoint {
  return { ...endpoint, path }
}
