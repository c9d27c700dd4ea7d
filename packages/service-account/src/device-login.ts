import { pollDeviceToken, requestDeviceAuthorization } from '@oauth-concierge/core'
import { createUserLogin, type UserLogin, type UserLoginOptions } from './login/user-login.ts'

/** What to show the user. */
export interface DevicePrompt {
  /** For the user to type in at `verificationUri`. */
  readonly userCode: string
  readonly verificationUri: string
  /** The same with the code in it, for a QR code or a link; undefined where the server has none. */
  readonly verificationUriComplete: string | undefined
}

/** How a user logs in to a program without a browser. */
export interface DeviceLoginOptions extends UserLoginOptions {
  /** Shows the user where to go and which code to type in. */
  prompt(shown: DevicePrompt): void | Promise<void>
}

/**
 * A user's login by a code that is typed in on another device: for command-line tools on machines without a browser. The tokens are kept in
 * `store`, and renewed under its lock. Does no I/O yet.
 * @throws UsageError `invalid_configuration`, `insecure_url`; ProtocolError `metadata_malformed` for `metadata` given by hand
 * @see RFC 8628
 */
export function deviceLogin(options: DeviceLoginOptions): UserLogin {
  return createUserLogin(options, async ({ tokenClient, relyingParty, scope }, signal) => {
    const authorization = await requestDeviceAuthorization(tokenClient, { scope })
    const { userCode, verificationUri, verificationUriComplete } = authorization
    await options.prompt({ userCode, verificationUri, verificationUriComplete })
    await relyingParty.beginSession(
      await pollDeviceToken(tokenClient, authorization, signal ? { signal } : {}),
    )
  })
}
