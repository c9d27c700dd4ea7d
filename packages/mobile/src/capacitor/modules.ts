/** What a Capacitor plugin gives for a listener. */
export interface CapacitorListener {
  remove(): Promise<void>
}

/** The part of `@capacitor/app` that is used. */
export interface CapacitorApp {
  getLaunchUrl(): Promise<{ readonly url: string } | undefined>
  getState(): Promise<{ readonly isActive: boolean }>
  addListener(event: 'appUrlOpen', listener: (opened: { url: string }) => void): Promise<CapacitorListener>
  addListener(event: 'resume', listener: () => void): Promise<CapacitorListener>
}

/** The part of `@capacitor/browser` that is used. */
export interface CapacitorBrowser {
  open(options: {
    url: string
    toolbarColor?: string
    presentationStyle?: 'fullscreen' | 'popover'
  }): Promise<void>
  close(): Promise<void>
  addListener(event: 'browserFinished', listener: () => void): Promise<CapacitorListener>
}

/** The part of `@aparajita/capacitor-secure-storage` that is used; another plugin over keychain and keystore fits by a few lines. */
export interface CapacitorSecureStorage {
  get(key: string, convertDate?: boolean, sync?: boolean): Promise<unknown>
  set(key: string, data: string, convertDate?: boolean, sync?: boolean, access?: number): Promise<void>
  remove(key: string, sync?: boolean): Promise<boolean>
}

/** The part of `@capacitor/preferences` that is used. */
export interface CapacitorPreferences {
  get(options: { key: string }): Promise<{ readonly value: string | null }>
  set(options: { key: string; value: string }): Promise<void>
  remove(options: { key: string }): Promise<void>
}

/** The plugins, as their packages export them. */
export interface CapacitorModules {
  readonly App: CapacitorApp
  readonly Browser: CapacitorBrowser
  readonly SecureStorage: CapacitorSecureStorage
  /** Without it, tokens that outlived an uninstall (an iPhone's keychain does) are taken for the new installation's. */
  readonly Preferences?: CapacitorPreferences
}
