import { completeRuntime } from '@oauth-concierge/core'
import { createManualClock, createScriptedHttp, json, type ScriptedHttp } from '@oauth-concierge/core/testing'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Engine } from '../engine.ts'
import { createDiary, type Diary } from '../events.ts'
import { createEngineHost } from './serve-engines.ts'
import { workerTokens } from './worker-tokens.ts'

const issuer = 'https://id.example'
const client = { issuer, clientId: 'spa', scope: 'orders' }

let network: ScriptedHttp
let wires: MessagePort[]

beforeEach(() => {
  network = createScriptedHttp()
  wires = []
  network.on(`${issuer}/.well-known/openid-configuration`, () =>
    json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token` }),
  )
  network.on(`${issuer}/token`, () =>
    json({ access_token: 'access-1', refresh_token: 'r-1', token_type: 'Bearer', expires_in: 3_600 }),
  )
})

afterEach(() => {
  wires.forEach((wire) => wire.close())
  vi.unstubAllGlobals()
})

/** A browser whose pages all reach the same worker. */
function stubSharedWorker(): void {
  const connect = createEngineHost({ runtime: { clock: createManualClock(), http: network.http } })
  class FakeSharedWorker extends EventTarget {
    readonly port: MessagePort
    constructor() {
      super()
      const { port1, port2 } = new MessageChannel()
      wires.push(port1, port2)
      connect(port2)
      this.port = port1
    }
  }
  vi.stubGlobal('SharedWorker', FakeSharedWorker)
}

function openPage(): { readonly engine: Engine; readonly diary: Diary } {
  const runtime = completeRuntime({ clock: createManualClock(), http: network.http })
  const diary = createDiary(runtime)
  const tokens = workerTokens({ url: '/worker.js' })
  return {
    engine: tokens.openEngine({ ...client, runtime, diary, onDegraded: () => undefined }),
    diary,
  }
}

async function logIn(engine: Engine): Promise<void> {
  const { state } = await engine.startLogin({ redirectUri: 'https://app.example/' })
  await engine.finishLogin(new URLSearchParams({ code: 'code', state }))
}

describe('tokens in a shared worker', () => {
  it('show a page that comes later the session that is there already', async () => {
    stubSharedWorker()
    await logIn(openPage().engine)
    const { engine, diary } = openPage()
    await engine.restore()
    expect(engine.session.status).toBe('authenticated')
    await expect(engine.getAccessToken()).resolves.toBe('access-1')
    expect(diary.read().filter(({ detail }) => 'worker' in detail)).toEqual([])
  })
})
