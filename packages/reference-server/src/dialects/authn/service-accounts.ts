import { generateKeyPair } from 'jose'
import type { ServerContext } from '../../context.ts'
import { jwtBearerGrantType } from '../../grant-types.ts'
import { buildClient, type Client } from '../../clients/registered-client.ts'
import { newHex } from '../../state/secret-forms.ts'
import { exportPkcs1 } from './pkcs1.ts'

/** A program that gets tokens by assertions which it signs itself. */
export interface ServiceAccount {
  readonly privateKeyId: string
  readonly clientEmail: string
  readonly publicKey: CryptoKey
  readonly client: Client
}

/** A new service account, and its private key as its file holds it. It is not kept. */
export interface MintedServiceAccount {
  readonly account: ServiceAccount
  readonly privateKey: string
}

/** A client id of 20 digits, as those files have it. */
function newDigits({ newSecret }: ServerContext): string {
  return String(BigInt(`0x${newHex(newSecret, 8)}`)).padStart(20, '0')
}

function buildAccountClient(context: ServerContext, clientEmail: string): Client {
  const options = {
    clientId: newDigits(context),
    clientName: clientEmail,
    grantTypes: [jwtBearerGrantType],
    redirectUris: [],
  }
  return buildClient(options, context.settings)
}

/** Makes a service account with a fresh RSA key. */
export async function mintServiceAccount(
  context: ServerContext,
  clientEmail: string,
): Promise<MintedServiceAccount> {
  const { publicKey, privateKey } = await generateKeyPair('RS256', { extractable: true })
  const account = {
    privateKeyId: newHex(context.newSecret, 16),
    clientEmail,
    publicKey,
    client: buildAccountClient(context, clientEmail),
  }
  return { account, privateKey: await exportPkcs1(privateKey) }
}
