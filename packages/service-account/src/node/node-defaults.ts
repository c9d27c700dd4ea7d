import type { Http, Runtime } from '@oauth-concierge/core'
import type { KeyImporter } from '../keys/import-key.ts'
import { importNodeKey } from './import-node-key.ts'
import { createNodeHttp } from './node-http.ts'

/** The connections of this process, kept alive and shared by all that does not bring its own `http`. */
export const nodeHttp: Http = createNodeHttp()

/** The same options, with connections that are kept alive unless another `http` is given. */
export function withNodeHttp<Options extends { readonly runtime?: Partial<Runtime> }>(
  options: Options,
): Options {
  return { ...options, runtime: { http: nodeHttp, ...options.runtime } }
}

/** The same options, with keys imported by node:crypto as well. */
export function withNodeDefaults<
  Options extends { readonly runtime?: Partial<Runtime>; readonly importKey?: KeyImporter },
>(options: Options): Options {
  return withNodeHttp({ importKey: importNodeKey, ...options })
}
