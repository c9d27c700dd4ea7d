import type { JWK } from 'jose'
import { withBody } from './answers.ts'
import { createLocator, type EndpointUrls, endpointKindOf } from './endpoint-kind.ts'
import type { FaultTools, SeenRequest } from './exchange.ts'
import { createFaultKeys, type FaultKeys, type SignerSource } from './fault-keys.ts'
import { readRequest } from './read-request.ts'
import { createStateMemory } from './state-memory.ts'
import { type Answerer, type FaultStrike, strike } from './strike.ts'
import { createSwitchboard, type Faults, type Switchboard } from './switchboard.ts'

/** What a layer of faults can be told about the server behind it. */
export interface WithFaultsOptions {
  /**
   * The server's signing key, or how to get the one for a token. Without it the layer adds keys of its own to
   * every key set, and signs with them what it has changed.
   */
  readonly signer?: SignerSource
  /** Where the discovery document is to be found. Default: the origin of the request. */
  readonly issuer?: string
  /** Metadata members and their URLs, for servers without a discovery document. */
  readonly endpoints?: EndpointUrls
  /** Waits that many seconds. Default: a timer. */
  readonly sleep?: (seconds: number) => Promise<void>
  /** The server's time in seconds since 1970. Default: the real time. */
  readonly now?: () => number
  /**
   * True where the answers go out on a connection, which carries compressed bytes. Default: false; they are
   * handed to the caller, as `fetch` would give them.
   */
  readonly onWire?: boolean
  /** Hears of each strike. */
  readonly onStrike?: (strike: FaultStrike) => void
}

/** A server with a layer of faults around it. */
export interface WithFaults {
  /** Answers as the server does, save for the faults that are on. */
  readonly fetch: Answerer
  readonly faults: Faults
  /** Wraps what the server sends its own requests with, such as those of back-channel logout. */
  readonly outgoing: (send: Answerer) => Answerer
}

/** One layer around one server. */
interface Layer {
  readonly target: Answerer
  readonly options: WithFaultsOptions
  readonly switchboard: Switchboard
  readonly tools: FaultTools
  readonly locate: (url: URL) => Promise<EndpointUrls>
  readonly notice: (seen: SeenRequest) => void
}

const sleepByTimer = (seconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, seconds * 1000)
  })

async function readKeySet(target: Answerer, endpoints: EndpointUrls): Promise<readonly JWK[]> {
  const answer = await target(new Request(String(endpoints['jwks_uri'])))
  return ((await answer.json()) as { readonly keys: readonly JWK[] }).keys
}

function createLayer(target: Answerer, options: WithFaultsOptions): Layer {
  const locate = createLocator(target, options)
  const { notice, clientOf } = createStateMemory()
  const tools: FaultTools = {
    keys: createFaultKeys(options.signer),
    sleep: options.sleep ?? sleepByTimer,
    now: options.now ?? (() => Date.now() / 1000),
    onWire: options.onWire ?? false,
    clientOfState: clientOf,
    readKeySet: async ({ url }) => readKeySet(target, await locate(new URL(url))),
  }
  return { target, options, switchboard: createSwitchboard(), tools, locate, notice }
}

/** The set with the layer's keys in it. */
async function addKeys(answer: Response, keys: FaultKeys): Promise<Response> {
  const text = await answer.text()
  const set = JSON.parse(text) as { readonly keys: readonly JWK[] }
  const added = await keys.added(set.keys)
  return withBody(answer, added.length > 0 ? JSON.stringify({ ...set, keys: [...set.keys, ...added] }) : text)
}

async function answer(layer: Layer, request: Request): Promise<Response> {
  const { target, options, switchboard, tools } = layer
  const isIdle = switchboard.isIdle()
  const leavesKeys = options.signer !== undefined && !tools.keys.hasAdded()
  if (request.method === 'OPTIONS' || (isIdle && leavesKeys)) return target(request)
  const url = new URL(request.url)
  const endpoint = endpointKindOf(url, await layer.locate(url))
  const send: Answerer = async (asked) => {
    const given = await target(asked)
    return endpoint === 'jwks' && given.ok ? addKeys(given, tools.keys) : given
  }
  if (isIdle) return send(request)
  const seen = { request, endpoint, ...(await readRequest(request)) }
  layer.notice(seen)
  return strike({ tools, send, onStrike: options.onStrike }, seen, switchboard.fitting(seen))
}

async function sendOut(
  { switchboard, tools, options }: Layer,
  send: Answerer,
  request: Request,
): Promise<Response> {
  if (switchboard.isIdle()) return send(request)
  const seen: SeenRequest = { request, endpoint: 'logout_token', ...(await readRequest(request)) }
  return strike({ tools, send, onStrike: options.onStrike }, seen, switchboard.fitting(seen))
}

/**
 * Puts a layer in front of any authorization server that can be told to misbehave. It tells requests apart by
 * the paths in the server's discovery document.
 *
 * @example
 * const { fetch, faults } = withFaults(server.fetch)
 * faults.on('id_token.wrong_nonce')
 */
export function withFaults(target: Answerer, options: WithFaultsOptions = {}): WithFaults {
  const layer = createLayer(target, options)
  return {
    fetch: (request) => answer(layer, request),
    faults: layer.switchboard.faults,
    outgoing: (send) => (request) => sendOut(layer, send, request),
  }
}
