/** Times after the year 5138 in seconds, or after 1973 in milliseconds. */
const absurdlyLate = 1e11

/** What is known to be wrong with the ID tokens of old servers, in words, to be said beside the refusal. Nothing here is trusted. */
export function describeIdToken(idToken: string): string {
  const [header, claims] = idToken.split('.').slice(0, 2).map(readSegment)
  const faults = [
    /^HS\d{3}$/.test(String(header?.['alg'])) &&
      `it is signed with ${String(header?.['alg'])}, a shared secret`,
    Number(claims?.['exp']) > absurdlyLate && 'its exp is in milliseconds',
  ].filter((fault) => fault !== false)
  return faults.length === 0 ? '' : ` Looked at closely, ${faults.join(', and ')}.`
}

function readSegment(segment: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(atob(segment.replace(/-/g, '+').replace(/_/g, '/')))) as Record<string, unknown>
  } catch {
    return {}
  }
}
