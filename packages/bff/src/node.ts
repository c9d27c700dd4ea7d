export { type NodeHandler, type NodeHandlerOptions, toNodeHandler } from './node/to-node-handler.ts'
