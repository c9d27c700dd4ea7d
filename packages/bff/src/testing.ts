export { sessionStoreCases } from './testing/session-store-suite.ts'
