import { SecureStorage } from '@aparajita/capacitor-secure-storage'
import { App } from '@capacitor/app'
import { Browser } from '@capacitor/browser'
import { Capacitor } from '@capacitor/core'
import { Preferences } from '@capacitor/preferences'
import { createMobileAuth, type FinishedLogin, type MobileAuth } from '@oauth-concierge/mobile'
import { capacitorShell } from '@oauth-concierge/mobile/capacitor'
import { webShell } from '@oauth-concierge/mobile/web'

const isApp = Capacitor.isNativePlatform()

/** The session, in the app and in an ordinary browser alike. */
export function createSession(onLateLogin: (login: Promise<FinishedLogin>) => void): MobileAuth {
  return createMobileAuth({
    issuer: readMeta('issuer'),
    clientId: 'app',
    redirectUri: isApp ? 'com.example.concierge:/callback' : `${location.origin}/`,
    postLogoutRedirectUri: isApp ? 'com.example.concierge:/goodbye' : `${location.origin}/`,
    shell: isApp ? capacitorShell({ App, Browser, SecureStorage, Preferences }) : webShell(),
    onLateLogin,
  })
}

function readMeta(name: string): string {
  const meta = document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)
  if (!meta) throw new Error(`index.html has no meta element named ${name}.`)
  return meta.content
}
