import { describe, expect, it } from 'vitest'
import { createScriptedServer, issuer } from '../testing/scripted-server.test-support.ts'
import { readFormPost } from './form-post.ts'

const url = 'https://app.example/callback?code=evil'
const headers = { 'content-type': 'application/x-www-form-urlencoded' }

describe('a callback by form post', () => {
  it('gives the parameters of its body, and none of its address', async () => {
    const body = 'code=a%2Bb&state=s&iss=https%3A%2F%2Fid.example&state=t'
    const parameters = await readFormPost(new Request(url, { method: 'POST', headers, body }))
    expect([...parameters]).toEqual([
      ['code', 'a+b'],
      ['state', 's'],
      ['iss', issuer],
      ['state', 't'],
    ])
  })

  it('finishes a login', async () => {
    const server = await createScriptedServer()
    const relyingParty = server.relyingParty()
    const body = await server.visit(relyingParty, { extraParameters: { response_mode: 'form_post' } })
    const parameters = await readFormPost(new Request(url, { method: 'POST', body }))
    await expect(relyingParty.finishLogin(parameters)).resolves.toEqual({})
  })

  it.each<[string, RequestInit]>([
    ['a GET', {}],
    ['a PUT', { method: 'PUT', headers, body: 'code=a' }],
    ['JSON', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }],
    ['a form with files', { method: 'POST', body: new FormData() }],
    ['nothing named', { method: 'POST', body: Uint8Array.of(1) }],
    ['more than 64 KiB', { method: 'POST', headers, body: 'a'.repeat(65_537) }],
  ])('is refused as %s', async (_, init) => {
    await expect(readFormPost(new Request(url, init))).rejects.toMatchObject({ code: 'callback_malformed' })
  })

  it('stops reading at 64 KiB', async () => {
    let chunks = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => {
        chunks += 1
        controller.enqueue(new Uint8Array(16_384))
      },
    })
    const init = { method: 'POST', headers, body, duplex: 'half' }
    await expect(readFormPost(new Request(url, init))).rejects.toMatchObject({ code: 'callback_malformed' })
    expect(chunks).toBeLessThan(10)
  })

  it('is refused when the connection breaks', async () => {
    const body = new ReadableStream({ pull: (controller) => controller.error(new Error('reset')) })
    const init = { method: 'POST', headers, body, duplex: 'half' }
    await expect(readFormPost(new Request(url, init))).rejects.toMatchObject({ code: 'callback_malformed' })
  })
})
