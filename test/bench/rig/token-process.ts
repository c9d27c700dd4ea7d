import { Session } from 'node:inspector/promises'
import { type Inspector, bytesPerCall } from '../allocation.ts'
import { callFor, callsPerSecond } from '../call-for.ts'
import { loadTokenSources } from './token-sources.ts'

// One contestant in a process of its own: what the others do to the optimizer or the heap does not reach it.
const [name = '', milliseconds] = process.argv.slice(2)
const given = { issuer: 'https://id.example.com', clientId: 'bench', accessToken: 'x'.repeat(900) }
const getAccessToken = await (await loadTokenSources())[name]?.(given)
if (!getAccessToken || !(await getAccessToken())) throw new Error(`no token from ${name}`)

const run = () => callFor(getAccessToken, Number(milliseconds))
process.on('message', async (wanted: 'speed' | 'bytes') => {
  process.send?.(wanted === 'speed' ? callsPerSecond(await run()) : await bytesPerCall(connect(), run))
})

function connect(): Inspector {
  const session = new Session()
  session.connect()
  return {
    startSampling: (options) => session.post('HeapProfiler.startSampling', options),
    stopSampling: () => session.post('HeapProfiler.stopSampling'),
  }
}
