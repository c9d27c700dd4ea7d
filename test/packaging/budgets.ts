/** Bytes as they are sent: brotli at its best. */
export type Bytes = number

/** Something of ours that a visitor loads. */
export interface Part {
  readonly name: string
  /** What it may take: its size when it was last looked at, rounded up to the next 50. A change that needs more says so here. */
  readonly budget: Bytes
  /** What we want it to take. Where the budget is above it, there is work left. */
  readonly goal?: Bytes
}

/** A part that is made of a program. */
export interface PagePart extends Part {
  readonly program: string
}

/** A page whose bytes are counted beyond those of the same page without it. */
export interface ExtraPart extends PagePart {
  readonly base: PagePart
}

const body = `
  await auth.start()
  if (auth.session.status !== 'authenticated') await auth.login()
  await auth.fetch('https://api.example.com/orders')
  await auth.logout()
`

/** A page that logs in, calls an API and logs out; `more` goes into the options of its \`createAuth\`. */
function pageOf(imports: string, more = ''): string {
  return `${imports}
    const auth = createAuth({
      issuer: 'https://id.example.com', clientId: 'spa', apis: ['https://api.example.com'], ${more}
    })
    ${body}`
}

/** Tokens in the page's memory. */
export const mainPage: PagePart = {
  name: 'main entry, tokens in memory',
  budget: 21_250,
  program: pageOf(`import { createAuth } from '@oauth-concierge/browser'`),
}

const workerUrl = `tokenStore: workerTokens({ url: '/worker.js' }),`

/** Tokens in a worker, whose file the page loads beside this. */
export const slimPage: PagePart = {
  name: 'slim entry, its worker beside it',
  budget: 7_800,
  program: pageOf(`import { createAuth, workerTokens } from '@oauth-concierge/browser/slim'`, workerUrl),
}

/** No tokens in the page at all. */
export const bffPage: PagePart = {
  name: './bff',
  budget: 2_000,
  goal: 2_000,
  program: `import { createBffAuth } from '@oauth-concierge/browser/bff'
    const auth = createBffAuth({ base: '/auth' })
    ${body}`,
}

/** The page that an answer comes to, in a window or a frame. */
export const relayPage: PagePart = {
  name: './relay-callback',
  budget: 400,
  goal: 500,
  program: `import { relayCallback } from '@oauth-concierge/browser/relay-callback'
    if (!(await relayCallback())) location.replace('/')`,
}

export const pages: readonly PagePart[] = [mainPage, slimPage, bffPage, relayPage]

/** The file that is served as it is. */
export const workerFile: Part = { name: 'worker.js, as it is published', budget: 21_450 }

/** With everything on that is on by default. */
export const slimPageAndWorker: Part = {
  name: 'slim entry and worker.js',
  budget: 29_250,
  goal: 10_000,
}

/** What the main page's `createAuth` is given more, out of our two packages. */
function extra(name: string, { budget, browser = [], core = [], option }: ExtraOptions): ExtraPart {
  const imports = `import { ${['createAuth', ...browser].join(', ')} } from '@oauth-concierge/browser'
    import { ${core.join(', ')} } from '@oauth-concierge/core'`
  return { name, budget, goal: 1_200, base: mainPage, program: pageOf(imports, option) }
}

interface ExtraOptions {
  readonly budget: Bytes
  readonly browser?: readonly string[]
  readonly core?: readonly string[]
  readonly option: string
}

const relay = `{ redirectUri: '/relay.html' }`

/** What each store and each extra adds to the page that names it. */
export const extras: readonly ExtraPart[] = [
  extra('sessionTokens', {
    budget: 800,
    browser: ['sessionTokens'],
    option: 'tokenStore: sessionTokens(),',
  }),
  extra('encryptedTokens', {
    budget: 1_550,
    browser: ['encryptedTokens'],
    option: 'tokenStore: encryptedTokens(),',
  }),
  extra('unsafeLocalTokens', {
    budget: 1_200,
    browser: ['unsafeLocalTokens'],
    option: 'tokenStore: unsafeLocalTokens(),',
  }),
  {
    name: 'workerTokens, its worker beside it',
    budget: 2_150,
    goal: 1_200,
    base: mainPage,
    program: pageOf(
      `import { createAuth } from '@oauth-concierge/browser'
      import { workerTokens } from '@oauth-concierge/browser/slim'`,
      workerUrl,
    ),
  },
  extra('popup', {
    budget: 850,
    browser: ['popup'],
    option: `userAgent: popup(${relay}),`,
  }),
  extra('iframe', {
    budget: 900,
    browser: ['iframe'],
    option: `userAgent: iframe(${relay}),`,
  }),
  {
    name: 'withSilentRestore, its iframe included',
    budget: 1_200,
    goal: 1_200,
    base: mainPage,
    program: pageOf(
      `import { createAuth as createPlainAuth, iframe, withSilentRestore } from '@oauth-concierge/browser'
      const createAuth = (options) => withSilentRestore(createPlainAuth(options), iframe(${relay}))`,
    ),
  },
  extra('dpop, its key store included', {
    budget: 2_350,
    browser: ['createIndexedDbKeyStore'],
    core: ['dpop'],
    option: 'senderConstraint: dpop({ keys: createIndexedDbKeyStore() }),',
  }),
  extra('pushedAuthorization', {
    budget: 300,
    core: ['pushedAuthorization'],
    option: 'authorization: [pushedAuthorization()],',
  }),
  extra('jwtResponse', {
    budget: 450,
    core: ['jwtResponse'],
    option: 'authorization: [jwtResponse()],',
  }),
  extra('stepUp', {
    budget: 600,
    core: ['stepUp'],
    option: 'stepUp: stepUp((asked) => auth.login(asked)),',
  }),
]
