import { beforeEach, describe, expect, it } from 'vitest'
import { createManualClock } from '../testing/manual-clock.ts'
import { createScriptedHttp, json, type ScriptedHttp } from '../testing/scripted-http.ts'
import { requestResourceMetadata, type ResourceMetadata } from './resource-metadata.ts'

const resource = 'https://api.example/orders'
const address = 'https://api.example/.well-known/oauth-protected-resource/orders'

let network: ScriptedHttp

beforeEach(() => {
  network = createScriptedHttp()
})

const ask = (identifier: string = resource): Promise<ResourceMetadata> =>
  requestResourceMetadata(identifier, { runtime: { clock: createManualClock(), http: network.http } })

describe('the metadata of a protected resource', () => {
  it.each([
    [resource, address],
    ['https://api.example', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/', 'https://api.example/.well-known/oauth-protected-resource'],
    ['https://api.example/a/', 'https://api.example/.well-known/oauth-protected-resource/a/'],
    ['http://localhost:8080/a', 'http://localhost:8080/.well-known/oauth-protected-resource/a'],
  ])('of %s is found under %s', async (identifier, found) => {
    const document = { resource: identifier, authorization_servers: ['https://id.example'] }
    network.on(found, () => json(document))
    await expect(ask(identifier)).resolves.toEqual(document)
  })

  it('keeps the query of the resource', async () => {
    network.on(address, ({ url }) => json({ resource: url.endsWith('?v=2') ? `${resource}?v=2` : 'none' }))
    await expect(ask(`${resource}?v=2`)).resolves.toEqual({ resource: `${resource}?v=2` })
  })

  it.each<[string, unknown]>([
    ['another resource', { resource: 'https://evil.example/orders' }],
    ['the resource with a slash at its end', { resource: `${resource}/` }],
    ['no resource', {}],
    ['servers over plain http', { resource, authorization_servers: ['http://id.example'] }],
    ['servers that are no list', { resource, authorization_servers: 'https://id.example' }],
    ['servers that are no texts', { resource, authorization_servers: [1] }],
    ['a list', [resource]],
  ])('is refused when it names %s', async (_, document) => {
    network.on(address, () => json(document))
    await expect(ask()).rejects.toMatchObject({ code: 'resource_metadata_invalid' })
  })

  it.each<[string, () => Response, string]>([
    ['404', () => new Response('', { status: 404 }), 'resource_metadata_invalid'],
    ['an HTML page', () => new Response('<p>'), 'resource_metadata_invalid'],
    ['a redirect', () => new Response(null, { status: 302, headers: { location: '/' } }), 'redirected'],
    ['more than 256 KiB', () => json({ resource, a: 'x'.repeat(262_144) }), 'response_too_large'],
  ])('is a typed error when it is answered with %s', async (_, answer, code) => {
    network.on(address, answer)
    await expect(ask()).rejects.toMatchObject({ code })
  })

  it.each([
    ['orders', 'invalid_configuration'],
    [`${resource}#a`, 'invalid_configuration'],
    ['https://ada:x@api.example', 'invalid_configuration'],
    ['http://api.example', 'insecure_url'],
    ['file:///etc/passwd', 'insecure_url'],
  ])('is not asked for of %s', async (identifier, code) => {
    await expect(ask(identifier)).rejects.toMatchObject({ code })
    expect(network.requests).toHaveLength(0)
  })
})
