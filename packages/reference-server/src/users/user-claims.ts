import type { Settings, User } from '../settings.ts'

/** Which claims each scope asks for. @see OpenID Connect Core 1.0 section 5.4 */
export const claimsByScope: Readonly<Record<string, readonly string[]>> = {
  profile: [
    'name',
    'family_name',
    'given_name',
    'middle_name',
    'nickname',
    'preferred_username',
    'profile',
    'picture',
    'website',
    'gender',
    'birthdate',
    'zoneinfo',
    'locale',
    'updated_at',
  ],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
  address: ['address'],
}

/** The user's claims that these scopes open, `sub` always among them. */
export function claimsOfScopes(
  user: User,
  scopes: readonly string[],
  { scopeClaims }: Pick<Settings, 'scopeClaims'>,
): Record<string, unknown> {
  const opened = (scope: string) => [...(claimsByScope[scope] ?? []), ...(scopeClaims[scope] ?? [])]
  return { sub: user.subject, ...selectClaims(user, scopes.flatMap(opened)) }
}

/** Those of the user's claims that have one of these names. */
export function selectClaims(user: User, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(user.claims).filter(([name]) => names.includes(name)))
}
