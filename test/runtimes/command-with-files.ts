import { fileTokenStore, serviceAccount } from '@oauth-concierge/service-account/node'
import type { Given } from './prove.ts'

declare const given: Given & { readonly keyFile: string; readonly store: string }

const { issuer, keyFile, store } = given
const options = { keyFile, issuer, scope: 'orders.read', apis: [issuer], store: fileTokenStore(store) }
const account = await serviceAccount(options)
const tokens = await Promise.all(Array.from({ length: 100 }, () => account.getAccessToken()))
const { status } = await account.fetch(`${issuer}/resource`)
console.log(JSON.stringify({ tokens: new Set(tokens).size, status }))
