import type { ServerContext } from '../context.ts'
import { issuerPath, urlBelowIssuer } from '../endpoint-url.ts'
import type { ReferenceServerOptions } from '../options.ts'
import type { LedgerRequest } from '../state/ledger.ts'
import type { EndpointUrls } from './endpoint-kind.ts'
import type { FaultSigner, Jwt } from './jwt.ts'
import type { Answerer, FaultStrike } from './strike.ts'
import { withFaults, type WithFaults, type WithFaultsOptions } from './with-faults.ts'

/** The endpoints of the server's dialect, also where it has no discovery document. */
function endpointsOf(context: ServerContext): EndpointUrls {
  const announced = context.dialect.endpoints.flatMap(({ metadata, path }) =>
    metadata === undefined ? [] : [[metadata, urlBelowIssuer(context, path)] as const],
  )
  const resources = context.settings.protectedResources.map(({ identifier }) => identifier)
  return { ...Object.fromEntries(announced), protected_resources: resources }
}

async function hmacKey(secret: string, alg: string): Promise<FaultSigner> {
  const use = { name: 'HMAC', hash: `SHA-${alg.slice(2)}` }
  const bytes = new TextEncoder().encode(secret)
  return { alg, privateKey: await crypto.subtle.importKey('raw', bytes, use, false, ['sign']) }
}

/** The key that a token of this server was signed with: its client's secret where the algorithm is symmetric. */
async function signerOf({ settings, keys }: ServerContext, { header, claims }: Jwt): Promise<FaultSigner> {
  const alg = String(header['alg'])
  const [audience] = [claims['aud']].flat()
  const secret = settings.clients.get(String(audience))?.clientSecret
  return alg.startsWith('HS') && secret !== undefined ? hmacKey(secret, alg) : keys.current()
}

/** The line that a request gets in the ledger when a fault keeps it from the server. */
function openEntry({ ledger, dialect, settings }: ServerContext, strike: FaultStrike): LedgerRequest {
  const { request, clientId, parameters } = strike
  const { pathname } = new URL(request.url)
  const base = issuerPath(settings.issuer)
  const endpoint = dialect.endpoints.find(({ path }) => base + path === pathname)
  const entry = ledger.openRequest({ method: request.method, path: pathname })
  const grantType = parameters.get('grant_type') ?? undefined
  return Object.assign(entry, { endpoint: endpoint?.name ?? strike.endpoint, clientId, grantType })
}

/**
 * Puts the layer of faults around a reference server. Each strike is an event in its ledger, and a request that
 * a fault keeps from the server has its line there like any other.
 */
export function withServerFaults(
  context: ServerContext,
  target: Answerer,
  { sleep, onWire }: Pick<ReferenceServerOptions, 'sleep' | 'onWire'>,
): WithFaults {
  const entries = new WeakMap<Request, LedgerRequest>()
  const options: WithFaultsOptions = {
    ...(sleep && { sleep }),
    ...(onWire !== undefined && { onWire }),
    signer: (token) => signerOf(context, token),
    issuer: context.settings.issuer,
    endpoints: endpointsOf(context),
    now: context.clock.now,
    onStrike(strike) {
      context.ledger.addEvent({ type: 'fault', fault: strike.name })
      if (strike.instead) entries.set(strike.request, openEntry(context, strike))
    },
  }
  const layer = withFaults(target, options)
  return {
    ...layer,
    async fetch(request) {
      const answer = await layer.fetch(request)
      const entry = entries.get(request)
      if (entry) entry.status = answer.status
      return answer
    },
  }
}
