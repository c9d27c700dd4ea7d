import type { Runtime } from '@oauth-concierge/core'
import { checkCors } from './check-cors.ts'
import { checkKeys } from './check-keys.ts'
import { checkClocks, checkEndpoints, checkIssuerInResponse, checkPkce } from './check-metadata.ts'
import { checkRedirectUri } from './check-redirect-uri.ts'
import { createExaminer } from './examiner.ts'
import { badBy, type Finding, good } from './finding.ts'

/** What is to be looked at. */
export interface Complaint {
  readonly issuer: string
  /** Of a page that uses the server. */
  readonly origin: string | undefined
  readonly redirectUri: string | undefined
  readonly clientId: string | undefined
}

/** Looks at everything that can be seen from outside. Changes nothing at the server, and needs no credentials. */
export async function examine(complaint: Complaint, runtime?: Partial<Runtime>): Promise<readonly Finding[]> {
  const { issuer, origin, redirectUri, clientId } = complaint
  const examiner = createExaminer(runtime, origin)
  try {
    const metadata = await examiner.metadata(issuer)
    const metadataAnswer = examiner.latest()
    return [
      good('metadata', `${metadataAnswer?.url ?? issuer} is of this issuer.`),
      ...checkEndpoints(metadata),
      ...checkPkce(metadata),
      ...checkIssuerInResponse(metadata),
      ...checkClocks(metadataAnswer),
      ...(metadata.jwks_uri === undefined ? [] : await checkKeys(examiner, metadata.jwks_uri)),
      ...(origin === undefined ? [] : await checkCors(examiner, metadata, { origin, metadataAnswer })),
      ...(redirectUri === undefined
        ? []
        : await checkRedirectUri(examiner, metadata, { redirectUri, clientId })),
    ]
  } catch (error) {
    return [badBy('metadata', error)]
  }
}
