import type { ContractServerKind } from './contract-server.ts'
import { oidcProvider } from './oidc-provider-server.ts'
import { referenceServer } from './reference-server.ts'

/** Every authorization server that the contract suite runs against. */
export const contractServers: readonly ContractServerKind[] = [referenceServer, oidcProvider]
