/** An external user agent opens addresses only, so without a word of the developer's the ID token stays at home. */
export function logoutAddress(endpoint: string | URL, parameters: object, withIdToken = false): URL {
  const url = new URL(endpoint)
  for (const [name, value] of Object.entries(parameters))
    if (withIdToken || name !== 'id_token_hint') url.searchParams.set(name, String(value))
  return url
}
