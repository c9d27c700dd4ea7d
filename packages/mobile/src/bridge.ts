export {
  type BridgeHost,
  type BridgeHostOptions,
  type BridgeMessage,
  createBridgeHost,
} from './bridge/bridge-host.ts'
export { type BridgePort, nativeBridge, type NativeBridgeOptions } from './bridge/native-bridge.ts'
