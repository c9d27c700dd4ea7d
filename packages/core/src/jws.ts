export { parseObject } from './protocol/compact-jws.ts'
export { type JsonWebKeySet, type VerifiedJws, verifyCompactJws } from './protocol/verify-compact-jws.ts'
