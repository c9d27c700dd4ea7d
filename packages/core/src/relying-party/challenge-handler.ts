import type { Login } from '../session/live-session.ts'

/** A call of an API that was answered, as what handles its challenge sees it. */
export interface ChallengedCall {
  /** The token that it was made with. */
  readonly accessToken: string
  /** The login that the token is from. */
  readonly madeBy: Login
  /** The login in force now. */
  login(): Login
  /** Makes it once more with the token that serves now; undefined where its body cannot be had again. */
  replay(): Promise<Response | undefined>
}

/** Looks at each answer of an API: hands it on, or a better one. Made by `stepUp()`. */
export type ChallengeHandler = (response: Response, call: ChallengedCall) => Promise<Response>
