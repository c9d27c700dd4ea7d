export { handlers, type MockableServer } from './msw/handlers.ts'
