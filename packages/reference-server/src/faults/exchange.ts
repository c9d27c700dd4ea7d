import type { FaultPlace } from '../faults.ts'
import type { EndpointKind } from './endpoint-kind.ts'
import type { FaultKeys } from './fault-keys.ts'

/** What a fault can be told. Which of `seconds`, `bytes`, `status` and `value` it heeds, its description says. */
export interface FaultOptions {
  /** How often it strikes. Default: once. */
  readonly times?: number
  /** It strikes until it is switched off. Default: false. */
  readonly forGood?: boolean
  /** It strikes requests of this client only. */
  readonly clientId?: string
  /** It strikes token requests of this `grant_type` only. */
  readonly grantType?: string
  /** Where a fault fits any request: it strikes this endpoint only. */
  readonly endpoint?: EndpointKind
  readonly seconds?: number
  readonly bytes?: number
  /** An HTTP status. */
  readonly status?: number
  /** The wrong value to be put in. */
  readonly value?: string
}

/** What faults share: one layer around one server. */
export interface FaultTools {
  readonly keys: FaultKeys
  /** Waits that many seconds. */
  readonly sleep: (seconds: number) => Promise<void>
  /** The time in seconds since 1970. */
  readonly now: () => number
  /** True where a body is to be given compressed, as it travels. */
  readonly onWire: boolean
  /** The client whose authorization request had this state. */
  readonly clientOfState: (state: string) => string | undefined
  /** The key set of the server that this request is for, as it is published. */
  readonly readKeySet: (request: Request) => Promise<readonly Readonly<Record<string, unknown>>[]>
}

/** One request that an armed fault fits. */
export interface Exchange {
  readonly request: Request
  readonly endpoint: EndpointKind | 'logout_token'
  readonly options: FaultOptions
  readonly tools: FaultTools
  /** The parameters of the query or the form. */
  readonly parameters: URLSearchParams
  /** Asks the server, with another request where one is given. */
  forward(request?: Request): Promise<Response>
  /** Uses the fault up once. False where other requests have used it up before. */
  take(how: 'instead' | 'around'): boolean
  /** Resolves when the fault is switched off. */
  released(): Promise<void>
}

/** Answers a request that the fault fits. */
export type FaultEffect = (exchange: Exchange) => Promise<Response>

/** A request as the layer sees it, before any fault. */
export interface SeenRequest {
  readonly request: Request
  readonly endpoint: EndpointKind | 'logout_token'
  readonly parameters: URLSearchParams
  readonly clientId: string | undefined
}

const pages: readonly SeenRequest['endpoint'][] = ['authorize', 'end_session', 'other', 'logout_token']

/** Says whether a fault at this place may strike the request. */
export function fitsPlace(
  place: FaultPlace,
  options: FaultOptions,
  { endpoint, parameters }: SeenRequest,
): boolean {
  if (place === 'any') return options.endpoint === endpoint || !pages.includes(endpoint)
  if (place === 'callback') return endpoint === 'authorize' || endpoint === 'other'
  if (place === 'resource') return endpoint === 'resource' || endpoint === 'userinfo'
  if (place === 'refresh') return endpoint === 'token' && parameters.get('grant_type') === 'refresh_token'
  return place === endpoint
}

/** Says whether the request is one that the options let a fault strike. */
export function fitsOptions(place: FaultPlace, options: FaultOptions, seen: SeenRequest): boolean {
  const { clientId, grantType, endpoint } = options
  if (endpoint !== undefined && endpoint !== seen.endpoint) return false
  if (grantType !== undefined && grantType !== seen.parameters.get('grant_type')) return false
  // Of a callback the client is known only once its state is.
  return clientId === undefined || place === 'callback' || clientId === seen.clientId
}
