/** What a code flow never sends. */
export const foreignParameters: readonly string[] = ['access_token', 'id_token', 'refresh_token']

/** Whether parameters found at the redirect URI are an authorization response, be it a refused or a forged one. */
export function isAuthorizationResponse(parameters: URLSearchParams): boolean {
  return ['code', 'error', 'response', ...foreignParameters].some((name) => parameters.has(name))
}
