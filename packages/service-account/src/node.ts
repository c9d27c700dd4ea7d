export * from './index.ts'
export { commandSigner, type CommandSignerOptions } from './node/command-signer.ts'
export { environment, githubActionsToken, tokenFromEnvironment } from './node/environment.ts'
export { createFileLock, type FileLockOptions } from './node/file-lock.ts'
export { fileTokenStore } from './node/file-token-store.ts'
export { importNodeKey } from './node/import-node-key.ts'
export { keyFile, type KeyFileOptions, tokenFromFile } from './node/key-file.ts'
export { signerFromKeyObject } from './node/key-object-signer.ts'
export type { LoopbackLoginOptions } from './node/loopback-login.ts'
export { nodeHttp } from './node/node-defaults.ts'
export { createNodeHttp, type NodeHttpOptions } from './node/node-http.ts'
export { openBrowser } from './node/open-browser.ts'
export { type CredentialPlace, serviceAccount } from './node/service-account.ts'
export {
  clientCredentials,
  deviceLogin,
  loopbackLogin,
  privateKeyJwt,
  tokenExchange,
  workloadIdentity,
} from './node/token-sources.ts'
