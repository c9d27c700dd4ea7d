export { createTestServer, type TestServer, type TestServerOptions } from './node/create-test-server.ts'
export { listen, type Fetchable, type Listener, type ListenOptions } from './node/listen.ts'
