import type { Guard } from '../../guards.ts'

/** Logs account holders in, under `/account`. */
export const accountGuard: Guard = {
  name: 'account',
  loginEndpoint: 'account_login',
  heading: 'Sign in to your account',
  cookie: 'account-session',
}

/** Logs administrators in, under `/admin`. */
export const adminGuard: Guard = {
  name: 'admin',
  loginEndpoint: 'admin_login',
  heading: 'Administration: sign in',
  cookie: 'admin-session',
}
