export { createGatFetch, type GatFetchOptions } from './legacy/gat-fetch.ts'
export { type GatRequest, requestGat } from './legacy/gat.ts'
export { type ImplicitResponseOptions, readImplicitResponse } from './legacy/implicit-response.ts'
export {
  dropIdToken,
  unsafeAllowGat,
  unsafeAllowImplicitResponse,
  unsafeAllowPasswordGrant,
} from './legacy/opt-in.ts'
export { type PasswordGrant, type PasswordToken, requestPasswordToken } from './legacy/password-grant.ts'
