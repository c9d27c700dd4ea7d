import { relayCallback } from '@oauth-concierge/browser/relay-callback'

if (!(await relayCallback())) location.replace('/')
