import { buildPackages } from '../build-packages.ts'

/** The whole demo of the daemon. @throws Error that says what failed */
export async function showDaemon(isCheck: boolean): Promise<void> {
  console.log('\n  Concierge: a daemon that calls an API every second\n')
  buildPackages()
  // Loaded only now, because it needs what was just built.
  if (isCheck) await (await import('./check-daemon.ts')).checkDaemon()
  else await (await import('./serve-daemon.ts')).serveDaemon()
}
