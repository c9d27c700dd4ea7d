/** The address of a logout at a server that takes no form. It goes without the ID token as a hint: that must not stand in a URL. */
export function logoutAddress(endpoint: string, parameters: Readonly<Record<string, string>>): string {
  const url = new URL(endpoint)
  for (const [name, value] of Object.entries(parameters))
    if (name !== 'id_token_hint') url.searchParams.set(name, value)
  return url.href
}
