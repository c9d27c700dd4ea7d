/** An entry of a database, as any script of the origin can read it. */
export interface DatabaseEntry {
  readonly database: string
  readonly key: IDBValidKey
  readonly value: unknown
}

/** Everything that every database of the origin holds. */
export async function dumpDatabases(): Promise<readonly DatabaseEntry[]> {
  const found = await indexedDB.databases()
  const dumps = await Promise.all(found.map(({ name = '' }) => dumpDatabase(name)))
  return dumps.flat()
}

async function dumpDatabase(database: string): Promise<readonly DatabaseEntry[]> {
  const connection = await settle(indexedDB.open(database))
  try {
    const names = [...connection.objectStoreNames]
    if (names.length === 0) return []
    const transaction = connection.transaction(names)
    const stores = names.map(async (name) => {
      const store = transaction.objectStore(name)
      const [keys, values] = await Promise.all([settle(store.getAllKeys()), settle(store.getAll())])
      return keys.map((key, index) => ({ database, key, value: values[index] as unknown }))
    })
    return (await Promise.all(stores)).flat()
  } finally {
    connection.close()
  }
}

function settle<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error))
  })
}
