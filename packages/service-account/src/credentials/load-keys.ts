import type { Signer } from '@oauth-concierge/core'
import type { KeyImporter } from '../keys/import-key.ts'
import { type CredentialReader, unreadable } from './credential-source.ts'
import { importKeyChain, type KeyChain } from './key-chain.ts'
import { type NamedKey, readServiceAccountFile, type ServiceAccountFile } from './service-account-file.ts'

/** The keys of an account as they are now. */
export interface LoadedKeys {
  readonly file: ServiceAccountFile
  readonly chain: KeyChain
  /** Reads the credentials again if they seem to have changed. @throws UsageError `credentials_unreadable`, `key_unusable` */
  refresh(): Promise<void>
  /** Reads the credentials again; gives whether the keys are others now. @throws UsageError `credentials_unreadable`, `key_unusable` */
  reload(): Promise<boolean>
}

/** Where keys come from. */
export interface KeyOrigin {
  readonly reader: CredentialReader
  readonly importKey: KeyImporter
  /** What the credentials do not say of their own key, and keys beside that. */
  readonly options: Omit<NamedKey, 'key'> & { readonly keys?: readonly NamedKey[] }
}

/**
 * Reads credentials and imports their keys.
 * @throws UsageError `credentials_unreadable`, `key_unusable`, `invalid_configuration`, `insecure_url`
 */
export async function loadKeys({ reader, importKey, options }: KeyOrigin): Promise<LoadedKeys> {
  const { keyId, algorithm, passphrase, keys = [] } = options
  const more = {
    ...(keyId !== undefined && { keyId }),
    ...(algorithm !== undefined && { algorithm }),
    ...(passphrase !== undefined && { passphrase }),
  }
  const load = async (): Promise<{ readonly file: ServiceAccountFile; readonly chain: KeyChain }> => {
    const file = await readServiceAccountFile(reader)
    const all = [...file.keys.map((key) => ({ ...more, ...key })), ...keys]
    if (all.length === 0)
      throw unreadable(reader.place, 'there is no private key in it, and none was given beside it.')
    return { file, chain: await importKeyChain(all, importKey) }
  }
  let loaded = await load()
  const reload = async (): Promise<boolean> => {
    const { file, chain } = await load()
    if (file.account !== loaded.file.account || file.tokenEndpoint !== loaded.file.tokenEndpoint) {
      throw unreadable(reader.place, 'it is now of another account than before. Make a new source for that.')
    }
    const isOther = chain.identity !== loaded.chain.identity
    if (isOther) loaded = { file, chain }
    return isOther
  }
  return {
    get file() {
      return loaded.file
    },
    get chain() {
      return loaded.chain
    },
    refresh: async () => {
      if (await reader.hasChanged?.()) await reload()
    },
    reload,
  }
}

/** Whether a signer is among those in use. */
export function isCurrent({ chain }: LoadedKeys, signer: Signer | undefined): signer is Signer {
  return signer !== undefined && chain.signers.includes(signer)
}
