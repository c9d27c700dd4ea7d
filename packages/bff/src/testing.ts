export { sessionStoreCases, type StoreCase } from './testing/session-store-suite.ts'
