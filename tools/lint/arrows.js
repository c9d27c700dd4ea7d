import { dirname, resolve } from 'node:path'

const scope = '@oauth-concierge/'

/** Which rooms a package may import. See "Packages and arrows" in docs/architecture.md. */
const mayImport = {
  core: [],
  browser: ['core'],
  mobile: ['core'],
  bff: ['core'],
  'service-account': ['core'],
  'resource-server': ['core'],
  react: ['core'],
  cli: ['core', 'service-account', 'reference-server'],
  'reference-server': [],
}

/** The layers inside core: a file may import from its own layer and from those after it. */
const coreLayers = ['relying-party', 'session', 'protocol', 'ports', 'errors']

const placeOf = (path) => /\/packages\/([^/]+)\/src\/(.+)$/.exec(path)

const layerOf = (fileInCore) => coreLayers.indexOf(fileInCore.split('/')[0].replace(/\.ts$/, ''))

function faultOfPackageImport(from, specifier) {
  const [to, ...rest] = specifier.slice(scope.length).split('/')
  if (rest[0] === 'src' || rest[0] === 'dist')
    return `imports an inner file of ${to}; import its public entry`
  if (to === from || (mayImport[from] ?? []).includes(to)) return undefined
  return `${from} may not import ${to}; it may import: ${(mayImport[from] ?? []).join(', ') || 'no other package'}`
}

function faultOfRelativeImport(from, file, filename, specifier) {
  const target = placeOf(resolve(dirname(filename), specifier))
  if (!target || target[1] !== from) return `leaves the package ${from}; import the other package by its name`
  if (from !== 'core' || file.endsWith('.test.ts')) return undefined
  const [here, there] = [layerOf(file), layerOf(target[2])]
  if (here === -1 || there === -1 || there >= here) return undefined
  return `${coreLayers[here]} may not import ${coreLayers[there]}: arrows run ${coreLayers.join(' → ')}`
}

/** Says what is wrong with `specifier` as imported by the file `filename`; undefined when the arrow is allowed. */
export function faultOfImport(filename, specifier) {
  const place = placeOf(filename)
  if (!place) return undefined
  const [, from, file] = place
  if (specifier.startsWith(scope)) return faultOfPackageImport(from, specifier)
  if (specifier.startsWith('.')) return faultOfRelativeImport(from, file, filename, specifier)
  return undefined
}

const arrows = {
  create(context) {
    const check = (node) => {
      const source = node.source?.value ?? node.argument?.literal?.value
      const fault = typeof source === 'string' ? faultOfImport(context.filename, source) : undefined
      if (fault) context.report({ node, message: fault })
    }
    return {
      ImportDeclaration: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
      ImportExpression: check,
      TSImportType: check,
    }
  },
}

export default { meta: { name: 'concierge' }, rules: { arrows } }
