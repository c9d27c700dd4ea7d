import { privateKeyJwt, serviceAccount, type TokenSource } from '@oauth-concierge/service-account'

/** What the proof is told: a server and two accounts there. */
export interface Given {
  readonly issuer: string
  /** A file with a PKCS#1 key. */
  readonly file: object
  /** By the name of their form: keys that the client `robot` has registered. */
  readonly keys: Readonly<Record<string, { readonly pem: string; readonly kid: string }>>
  readonly encrypted: string
}

/** Gets tokens in each way that needs no files; runs wherever there is fetch and WebCrypto. */
export async function prove({ issuer, file, keys, encrypted }: Given): Promise<Record<string, string>> {
  const robot = { issuer, clientId: 'robot', scope: 'orders.read' }
  const results: Record<string, string> = {}
  const bearer = async (source: TokenSource): Promise<string> => {
    const tokens = await Promise.all(Array.from({ length: 100 }, () => source.getAccessToken()))
    return new Set(tokens).size === 1 ? 'one token for 100 callers' : 'several tokens'
  }
  results['file'] = await bearer(await serviceAccount(file, { ...robot, issuer }))
  for (const [name, { pem, kid }] of Object.entries(keys)) {
    results[name] = await bearer(await privateKeyJwt({ ...robot, key: pem, keyId: kid }))
  }
  const account = await serviceAccount(file, { issuer, apis: [issuer], scope: 'orders.read' })
  results['fetch'] = String((await account.fetch(`${issuer}/resource`)).status)
  results['encrypted'] = await serviceAccount(encrypted, robot).then(
    () => 'taken',
    (error: { readonly code?: string }) => String(error.code),
  )
  return results
}
