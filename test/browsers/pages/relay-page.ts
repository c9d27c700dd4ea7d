import { relayCallback } from '@oauth-concierge/browser/relay-callback'

void relayCallback()
