import { type Jwt, readJwt } from './jwt.ts'

async function readParameters(request: Request): Promise<URLSearchParams> {
  if (request.method !== 'POST') return new URL(request.url).searchParams
  const type = request.headers.get('content-type') ?? ''
  if (!type.startsWith('application/x-www-form-urlencoded')) return new URLSearchParams()
  return new URLSearchParams(await request.clone().text())
}

function readBasicUser(request: Request): string | undefined {
  const [, credentials] = /^basic (\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  if (credentials === undefined) return undefined
  try {
    const [user = ''] = atob(credentials).split(':')
    return decodeURIComponent(user.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

function textClaim(jwt: Jwt | undefined, name: string): string | undefined {
  const value = jwt?.claims[name]
  return typeof value === 'string' ? value : undefined
}

function readClientId(request: Request, parameters: URLSearchParams): string | undefined {
  const assertion = parameters.get('client_assertion') ?? parameters.get('assertion') ?? ''
  const logoutToken = parameters.get('logout_token') ?? ''
  return (
    parameters.get('client_id') ??
    readBasicUser(request) ??
    textClaim(readJwt(logoutToken), 'aud') ??
    textClaim(readJwt(assertion), 'sub') ??
    textClaim(readJwt(assertion), 'iss')
  )
}

/** The parameters of a request and the client that it names; the request can still be read afterwards. */
export async function readRequest(
  request: Request,
): Promise<{ readonly parameters: URLSearchParams; readonly clientId: string | undefined }> {
  const parameters = await readParameters(request)
  return { parameters, clientId: readClientId(request, parameters) }
}

/** A request like this one, sent anew with these parameters in its form. */
export function copyRequest(request: Request, form: URLSearchParams): Request {
  const headers = new Headers(request.headers)
  headers.delete('content-length')
  headers.set('Content-Type', 'application/x-www-form-urlencoded')
  const { redirect, signal } = request
  return new Request(request.url, { method: 'POST', headers, body: form.toString(), redirect, signal })
}
