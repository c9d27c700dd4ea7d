export type { BffOptions, CookieOptions, Lifetimes } from './bff-options.ts'
export { type Bff, createBff } from './create-bff.ts'
export type {
  BffAnswer,
  BffRequest,
  Handle,
  HeaderList,
  Upstream,
  UpstreamAnswer,
  UpstreamCall,
} from './http/exchange.ts'
export type { ApiOptions } from './proxy/api-options.ts'
export type { BffSession } from './routes/session.ts'
export { encryptRecords, type EncryptRecordsOptions } from './sessions/encrypt-records.ts'
export { encryptedCookie, type EncryptedCookieOptions } from './sessions/encrypted-cookie.ts'
export { memory, type MemoryOptions } from './sessions/memory.ts'
export type {
  RecordMark,
  Sealing,
  SessionStore,
  StoredRecord,
  WriteOptions,
} from './sessions/session-store.ts'
