import type { UserInfo } from '@oauth-concierge/browser'
import { auth } from './auth.ts'
import { config } from './config.ts'
import { ApiError } from './orders.ts'

/**
 * What the authorization server says of the user. Its UserInfo endpoint is an API like any other; whoever has `createAuth()` may
 * call `auth.userInfo()` instead, which does the same.
 * @throws ApiError; and whatever `auth.fetch` throws
 */
export async function askUserInfo(): Promise<UserInfo> {
  const response = await auth.fetch(`${config.issuer}/userinfo`)
  if (!response.ok) throw new ApiError(response.status)
  const info = (await response.json()) as UserInfo
  const { session } = auth
  // What is said of somebody else is no answer.
  if (session.status !== 'authenticated' || info.sub !== session.claims?.sub) throw new ApiError(502)
  return info
}
