import type { ServerContext } from './context.ts'

/** The path of the issuer, without a slash at its end: `` or `/tenant`. */
export function issuerPath(issuer: string): string {
  return new URL(issuer).pathname.replace(/\/$/, '')
}

/** The URL of a path below the issuer. */
export function urlBelowIssuer(context: ServerContext, path: string): string {
  return context.settings.issuer.replace(/\/$/, '') + path
}

/**
 * The URL of the endpoint with this name.
 *
 * @throws TypeError when the dialect has no such endpoint
 */
export function endpointUrl(context: ServerContext, name: string): string {
  const endpoint = context.dialect.endpoints.find((candidate) => candidate.name === name)
  if (!endpoint) throw new TypeError(`no endpoint is named ${name}`)
  return urlBelowIssuer(context, endpoint.path)
}
