import { createMemoryStore, createRelyingParty } from '@oauth-concierge/core'
import { issuer, clientId } from 'bench:config'

const redirectUri = 'com.example.app:/callback'
const stores = { vault: createMemoryStore(), transactions: createMemoryStore() }
const relyingParty = createRelyingParty({ issuer, clientId, ...stores })

export const start = (answer) => (answer ? relyingParty.finishLogin(answer) : relyingParty.restore())
export const login = () => relyingParty.startLogin({ redirectUri })
export const getAccessToken = () => relyingParty.getAccessToken()
export const logout = () => relyingParty.endSession()
