/** A request as plain data; the body in base64. */
export interface WireRequest {
  readonly url: string
  readonly method: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body?: string
}

/** A response as plain data; the body in base64. */
export interface WireResponse {
  readonly status: number
  readonly statusText: string
  readonly headers: readonly (readonly [string, string])[]
  readonly body: string
}

/** The call that is to be made, body and all. */
export async function writeRequest(input: string | URL | Request, init?: RequestInit): Promise<WireRequest> {
  const request = new Request(input, init)
  const { url, method, headers } = request
  const body = encode(await request.arrayBuffer())
  return { url, method, headers: [...headers], ...(body !== '' && { body }) }
}

export function readRequest({ url, method, headers, body }: WireRequest): {
  readonly url: string
  readonly init: RequestInit
} {
  const pairs = headers.map(([name, value]): [string, string] => [name, value])
  return { url, init: { method, headers: pairs, ...(body !== undefined && { body: decode(body) }) } }
}

/** The whole answer. */
export async function writeResponse(response: Response): Promise<WireResponse> {
  const { status, statusText, headers } = response
  return { status, statusText, headers: [...headers], body: encode(await response.arrayBuffer()) }
}

export function readResponse({ status, statusText, headers, body }: WireResponse): Response {
  const isBodiless = [204, 205, 304].includes(status)
  const pairs = headers.map(([name, value]): [string, string] => [name, value])
  return new Response(isBodiless ? null : decode(body), { status, statusText, headers: pairs })
}

function encode(bytes: ArrayBuffer): string {
  return btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(''))
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0))
}
