import type { Calls } from './call-for.ts'

type ProfileNode = { selfSize: number; children: ProfileNode[] }
type SamplingOptions = typeof options

/** The inspector of a V8, in this process or in a browser. */
export type Inspector = {
  startSampling: (options: SamplingOptions) => Promise<unknown>
  stopSampling: () => Promise<{ profile: { head: ProfileNode } }>
}

const options = {
  samplingInterval: 4096,
  includeObjectsCollectedByMajorGC: true,
  includeObjectsCollectedByMinorGC: true,
}

/** Bytes that a call allocates, its `await` included, by the sampling heap profiler: what is collected counts too. */
export async function bytesPerCall(inspector: Inspector, run: () => Promise<Calls>): Promise<number> {
  await inspector.startSampling(options)
  const { calls } = await run()
  const { profile } = await inspector.stopSampling()
  return sumOf(profile.head) / calls
}

function sumOf({ selfSize, children }: ProfileNode): number {
  return children.reduce((sum, child) => sum + sumOf(child), selfSize)
}
