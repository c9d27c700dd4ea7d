import { completeRuntime, type Milliseconds, type Runtime } from '@oauth-concierge/core'
import type { Report } from './explain.ts'

const patience: Milliseconds = 5_000
/** A browser reports a violation of a policy a moment after it has refused the request. */
const moment: Milliseconds = 100

/**
 * Finds out why requests of this page had no answer, which a browser tells no script: asks each address again in a way that needs no CORS headers
 * and carries nothing, and watches the page's own policy. For developers and bug reports; nothing in this SDK calls it.
 * @param report of `auth.explain()`
 * @returns a sentence for each address, which names the header to set where one is missing
 */
export async function diagnose(report: Report, given?: Partial<Runtime>): Promise<readonly string[]> {
  const runtime = completeRuntime(given)
  const failed = report.events.filter(({ name, detail }) => name === 'request' && 'failed' in detail)
  const urls = new Set(failed.map(({ detail }) => String(detail['url'])))
  return Promise.all([...urls].map((url) => diagnoseAddress(runtime, url)))
}

async function diagnoseAddress(runtime: Runtime, url: string): Promise<string> {
  const { origin } = new URL(url)
  const over = new AbortController()
  const isForbidden = watchPolicy(origin, over.signal)
  const wait = (time: Milliseconds): Promise<false> =>
    runtime.clock.sleep(time, over.signal).then(
      () => false,
      () => false,
    )
  const init: RequestInit = { mode: 'no-cors', credentials: 'omit', cache: 'no-store', signal: over.signal }
  const request = runtime.http(url, init).then(
    () => true,
    () => false,
  )
  try {
    if (await Promise.race([request, wait(patience)]))
      return `${url} answers now. If it did before, its CORS headers are missing. Set there, on errors too: Access-Control-Allow-Origin: ${location.origin}. Its answer to OPTIONS must allow the method and the headers of the request.`
    if (await Promise.race([isForbidden, wait(moment)]))
      return `This page's Content-Security-Policy forbids requests to ${origin}. Set: connect-src 'self' ${origin}.`
    return `${url} gives no answer at all: it is down, out of reach from this network, or its certificate is not trusted.`
  } finally {
    over.abort()
  }
}

function watchPolicy(origin: string, signal: AbortSignal): Promise<true> {
  return new Promise((resolve) => {
    const look = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void => {
      if (effectiveDirective === 'connect-src' && blockedURI.startsWith(origin)) resolve(true)
    }
    document.addEventListener('securitypolicyviolation', look, { signal })
  })
}
