import type { AuthSource } from '../../auth-source.ts'
import { dumpDatabases } from './dump-databases.ts'
import { findTokens, type FoundToken } from './find-tokens.ts'
import { foreignGlobals } from './foreign-globals.ts'
import { listenIn } from './listen-in.ts'
import { openBoxes } from './open-boxes.ts'

/** How bad it is: a refresh token goes on serving elsewhere, an access token does for minutes. */
export type Verdict = 'refresh token' | 'access token' | 'nothing'

/** What a script got in one place. */
export interface Finding {
  readonly place: string
  readonly verdict: Verdict
  readonly words: string
}

/** What a script has to work with. */
export interface Surroundings extends AuthSource {
  /** Makes the session call an API and renew its access token, which a script that listens would wait for. */
  renew(): Promise<unknown>
}

/** Looks for tokens as a script of the page can: nothing here has any right that another script of this origin has not. */
export function lookAround(surroundings: Surroundings): Promise<readonly Finding[]> {
  return Promise.all([
    lookInStorage('Session storage', sessionStorage),
    lookInStorage('Local storage', localStorage),
    lookInDatabases(),
    lookInObjects(surroundings),
    ask(surroundings),
  ]).then(async (findings) => [...findings, await listen(surroundings)])
}

async function lookInStorage(place: string, storage: Storage): Promise<Finding> {
  const entries = { ...storage } as Readonly<Record<string, string>>
  const kept = Object.keys(entries).length
  const nothing = kept === 0 ? 'It is empty.' : `No token among ${count(kept, 'entry', 'entries')}.`
  return judge(place, findTokens(entries), 'In plain text:', nothing)
}

async function lookInDatabases(): Promise<Finding> {
  const place = 'Databases'
  const entries = await dumpDatabases()
  const plain = findTokens(entries)
  if (plain.length > 0) return judge(place, plain, 'In plain text:', '')
  const boxes = await openBoxes(entries)
  if (boxes.length === 0) {
    const kept = `No token among ${count(entries.length, 'entry', 'entries')}.`
    return judge(place, [], '', entries.length === 0 ? 'There are none, or they are empty.' : kept)
  }
  const key = boxes.some(({ isKeyReadable }) => isKeyReadable)
    ? 'A locked box, and its key can be copied.'
    : 'A locked box, whose key does not leave this browser.'
  const opened = findTokens(boxes.map(({ content }) => content))
  return judge(
    place,
    opened,
    `${key} This script turned the key right here and found`,
    `${key} It stays shut.`,
  )
}

/** What the page's own modules and globals lead to. Any script can import a module of the page and have the same. */
async function lookInObjects({ auth }: AuthSource): Promise<Finding> {
  const found = findTokens([auth, foreignGlobals()])
  const who = auth.session.status === 'authenticated' ? ' Who is logged in can be read.' : ''
  return judge('Objects of the page', found, 'Within reach:', `No token hangs off any.${who}`)
}

async function ask({ auth }: AuthSource): Promise<Finding> {
  const place = 'Just asking'
  if (!auth.getAccessToken)
    return judge(place, [], '', 'There is nobody to ask: the page gives no token out.')
  const accessToken = await auth.getAccessToken().catch(() => undefined)
  return judge(
    place,
    findTokens({ accessToken }),
    'auth.getAccessToken() answers any script:',
    'Nobody is logged in.',
  )
}

/** Last, since it waits for a renewal: what was found before has been spent by then. */
async function listen({ auth, renew }: Surroundings): Promise<Finding> {
  const isLoggedIn = auth.session.status === 'authenticated'
  const heard = await listenIn(async () => isLoggedIn && renew())
  const nothing = isLoggedIn ? 'No token passed by.' : 'Nobody is logged in, so nothing passed by.'
  return judge('Listening in', findTokens(heard), 'With a fetch of its own it overheard', nothing)
}

function judge(place: string, found: readonly FoundToken[], how: string, nothing: string): Finding {
  const firstOf = (kind: FoundToken['kind']) => found.find((token) => token.kind === kind)
  const best = firstOf('refresh token') ?? firstOf('access token')
  if (!best) return { place, verdict: 'nothing', words: nothing }
  const others = [...new Set(found.map(({ kind }) => kind))].filter((kind) => kind !== best.kind)
  const also = others.length === 0 ? '' : `, and the ${others.join(' and the ')}`
  const words = `${how} the ${best.kind} ${excerpt(best.value)}${also}.`
  return { place, verdict: best.kind as Verdict, words }
}

/** Enough to know it again, not enough to use it. */
const excerpt = (token: string): string => `“${token.slice(0, 6)}…”`

const count = (number: number, one: string, many: string): string => `${number} ${number === 1 ? one : many}`
