import { clientSecretBasic, eitherBasic, rawBasic } from '../clients/client-authentication.ts'
import type { Dialect } from '../context.ts'
import type { Habits } from './habits.ts'

const basicMethods = { form_encoded: clientSecretBasic, raw: rawBasic, either: eitherBasic }

/** What a server reads otherwise. */
export function withRequestHabits(dialect: Dialect, habits: Habits): Partial<Dialect> {
  const { basicCredentials, withheldScopes = [] } = habits
  const methods = dialect.clientAuthenticationMethods
  return {
    ...(basicCredentials && {
      clientAuthenticationMethods: { ...methods, client_secret_basic: basicMethods[basicCredentials] },
    }),
    grantScopes: (context, client, asked) =>
      dialect.grantScopes(context, client, asked).filter((scope) => !withheldScopes.includes(scope)),
    ...(habits.acceptsAnyCodeVerifier && { checkCodeVerifier: async () => undefined }),
    ...(habits.losesNonceOnConsent && { losesNonceOnConsent: true }),
    ...(habits.errorsWithoutState && { sendsStateWithErrors: false }),
  }
}
