import {
  boundedRequest,
  completeRuntime,
  type EpochMilliseconds,
  type Runtime,
  type ServerMetadata,
  TransportError,
} from '@oauth-concierge/core'
import { requestMetadata } from '../request-metadata.ts'

/** What came over the wire, beside the body. */
export interface SeenAnswer {
  readonly url: string
  readonly status: number
  readonly headers: Headers
  readonly sentAt: EpochMilliseconds
  readonly receivedAt: EpochMilliseconds
}

/** Asks a server, as a page of some origin would, and remembers the heads of its answers. */
export interface Examiner {
  /** The checked metadata. @throws ProtocolError, TransportError */
  metadata(issuer: string): Promise<ServerMetadata>
  /** One bounded request. An answer that no endpoint gives is given back as the error it makes. */
  ask(url: string, init?: RequestInit): Promise<Response | TransportError>
  /** The latest answer, if there was any. */
  latest(): SeenAnswer | undefined
}

/** Makes an examiner. @param origin of the page that it stands for */
export function createExaminer(given: Partial<Runtime> | undefined, origin: string | undefined): Examiner {
  const own = completeRuntime(given)
  let latest: SeenAnswer | undefined
  const http: Runtime['http'] = async (url, init) => {
    const headers = new Headers(init.headers)
    if (origin !== undefined) headers.set('origin', origin)
    const sentAt = own.clock.wallTime()
    const response = await own.http(url, { ...init, headers })
    const { status } = response
    latest = { url, status, headers: response.headers, sentAt, receivedAt: own.clock.wallTime() }
    return response
  }
  const runtime = { ...own, http }
  return {
    metadata: (issuer) => requestMetadata(issuer, runtime),
    ask: async (url, init = {}) => {
      latest = undefined
      try {
        return await boundedRequest(runtime, url, init)
      } catch (error) {
        if (error instanceof TransportError) return error
        throw error
      }
    },
    latest: () => latest,
  }
}
