export { runCommand as runServerCommand, type Terminal as ServerTerminal } from './cli/run-command.ts'
export { createTestServer, type TestServer, type TestServerOptions } from './node/create-test-server.ts'
export { listen, type Fetchable, type Listener, type ListenOptions } from './node/listen.ts'
