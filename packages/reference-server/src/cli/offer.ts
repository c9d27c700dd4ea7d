import type { ArmedFault } from '../faults/switchboard.ts'
import type { TestServer } from '../node/create-test-server.ts'
import type { RefreshTokenRotation } from '../options.ts'

function rotationText(rotation: RefreshTokenRotation): string {
  if (typeof rotation === 'string') return rotation
  return 'grace' in rotation ? `grace:${rotation.grace}` : `repeat:${rotation.repeat}`
}

function faultText({ name, options }: ArmedFault): string {
  return options.forGood ? `${name}:always` : `${name}:${options.times ?? 1}`
}

/** What the server offers, as one JSON object on one line. */
export function offerAsJson(server: TestServer): string {
  const { refreshTokenRotation, ...rest } = server.describe()
  const faults = server.faults.list().map(faultText)
  const offer = { url: server.url, ...rest, refreshTokenRotation: rotationText(refreshTokenRotation), faults }
  return `${JSON.stringify(offer)}\n`
}

function section(title: string, rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(0, ...rows.map(([name]) => name.length))
  return [title, ...rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`.trimEnd())].join('\n')
}

/** What the server offers, for people. */
export function offerAsText(server: TestServer): string {
  const { issuer, dialect, refreshTokenRotation, signingAlg, endpoints, users, clients } = server.describe()
  const faults = server.faults.list()
  const about = [
    ['issuer', issuer],
    ['dialect', dialect],
    ['refresh tokens', rotationText(refreshTokenRotation)],
    ['signed with', signingAlg],
  ] as const
  const sections = [
    section('Authorization server for tests, never for production. Ctrl-C ends it.', about),
    section('Endpoints', Object.entries(endpoints)),
    section(
      'Users, with their passwords',
      users.map(({ username, password }) => [username, password]),
    ),
    section(
      'Clients, with their secrets',
      clients.flatMap(({ clientId, clientSecret, redirectUris }) => [
        [clientId, clientSecret ?? 'public'] as const,
        ...redirectUris.map((uri) => ['', uri] as const),
      ]),
    ),
    ...(faults.length > 0
      ? [
          section(
            'Faults',
            faults.map((fault) => [faultText(fault), '']),
          ),
        ]
      : []),
  ]
  return `${sections.join('\n\n')}\n`
}
