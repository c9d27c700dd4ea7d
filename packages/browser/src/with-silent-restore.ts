import {
  createSessionState,
  type FinishedLogin,
  type Session,
  UsageError,
  type UserAgent,
} from '@oauth-concierge/core'
import type { Auth } from './auth.ts'
import { createOriginMemory, type OriginMemory } from './origin-memory.ts'

/**
 * The same session, whose `start()` also looks for one at the authorization server, without leaving the page: for tokens in memory, which a reload
 * takes away. It looks only where this browser is known to have had a session by this client, so that a first visit costs nothing. `session` stays
 * `restoring` meanwhile. Where there is none, or the frame gets no answer, `start()` goes on without, and does not look again before the next login.
 * @param userAgent `iframe()`
 * @returns an `Auth` whose `start()` also throws UsageError `frame_not_possible`, `invalid_configuration`
 */
export function withSilentRestore(auth: Auth, userAgent: UserAgent): Auth {
  const restoring = auth.session
  let isLooking = false
  let started: Promise<FinishedLogin> | undefined
  const look = (): Session => (isLooking && auth.session.status === 'anonymous' ? restoring : auth.session)
  const shown = createSessionState()
  shown.set(look())
  const show = (): void => {
    if (shown.get() !== look()) shown.set(look())
  }
  auth.subscribe(show)
  const start = async (): Promise<FinishedLogin> => {
    isLooking = true
    try {
      const memory = await openMemory(auth)
      const finished = await auth.start()
      if (memory.read()) await logInSilently(auth, userAgent, memory)
      return finished
    } finally {
      isLooking = false
      show()
    }
  }
  return {
    ...auth,
    get session() {
      return look()
    },
    subscribe: shown.subscribe,
    start: () => (started ??= start()),
  }
}

async function logInSilently(auth: Auth, userAgent: UserAgent, memory: OriginMemory): Promise<void> {
  if (auth.session.status !== 'anonymous') return
  try {
    await auth.login({ userAgent })
  } catch (error) {
    memory.write('')
    // What only the developer can mend is shown; all else means that nobody is logged in.
    if (error instanceof UsageError) throw error
  }
}

/** Whether this browser has had a session by this client that was not ended by a logout. Keeps to the session from now on. */
async function openMemory(auth: Auth): Promise<OriginMemory> {
  const { clientId, issuer } = await auth.explain()
  const memory = createOriginMemory(`concierge:known:${clientId}@${issuer}`)
  let was: Session['status'] = 'restoring'
  auth.subscribe(() => {
    const { status } = auth.session
    if (status === 'authenticated') memory.write('1')
    else if (status === 'anonymous' && was !== 'restoring') memory.write('')
    was = status
  })
  return memory
}
