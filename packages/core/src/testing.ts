export { channelCases } from './testing/channel-suite.ts'
export { keyStoreCases } from './testing/key-store-suite.ts'
export { keyValueStoreCases } from './testing/key-value-store-suite.ts'
export { type LockCaseOptions, lockCases } from './testing/lock-suite.ts'
export type { PortCase } from './testing/port-case.ts'
export { createManualClock, type ManualClock } from './testing/manual-clock.ts'
export {
  createScriptedHttp,
  json,
  type Script,
  type ScriptedHttp,
  type SeenRequest,
} from './testing/scripted-http.ts'
