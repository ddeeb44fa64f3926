// What made a run: the engine that computed it, and the code. Both stand in records, bundles, summaries and results.

/**
 * How the processor's SIMD was used. `fused`: a product and a sum are rounded once, which needs a processor and a browser with fused
 * multiply-add; `plain`: twice, with the same bits everywhere.
 */
export const SIMD_BUILDS = ['fused', 'plain'] as const;
export type Simd = (typeof SIMD_BUILDS)[number] | 'none';

/** What a run was computed on. Runs are equal bit for bit only where all four are the same. */
export type EngineIdentity = {
  /** `wasm`, `wgsl`, `webgpu`, `webgl`, `tfjs-wasm` or `cpu`; empty where a run was not computed by an engine of this browser. */
  backend: string;
  /** What it ran on, e.g. `WebAssembly` or `WebGPU, NVIDIA ...`. */
  adapter: string;
  /** Null on a graphics adapter and where it is not known. */
  simd: Simd | null;
  /** Threads of the processor that computed; null on a graphics adapter and where it is not known. */
  threads: number | null;
};

/** The code of a program; null where it was not known when the program was built. */
export type CodeIdentity = {
  /** Of package.json, e.g. `0.2.0`. */
  version: string;
  /** SHA-256 over names and contents of everything that goes into the page, lower-case hex. */
  sources: string | null;
  /** Hash of the git commit that was checked out, lower-case hex; null in a copy without git. */
  commit: string | null;
  /** Whether those sources were other than the commit's. */
  modified: boolean | null;
};

/** Whether both are the same code, as far as is known: by their sources, else by version. */
export function sameCode(a: CodeIdentity, b: CodeIdentity): boolean {
  if (a.sources !== null && b.sources !== null) return a.sources === b.sources;
  return a.version === b.version;
}

const SIMD_TEXT: { readonly [simd in Simd]: string } = { fused: ' fused SIMD', plain: ' SIMD', none: '' };

/** `WebAssembly fused SIMD, 2 threads`, `WebGPU, NVIDIA ...`. */
export function adapterText({ adapter, simd, threads }: Omit<EngineIdentity, 'backend'>): string {
  const processor = threads === null ? '' : `, ${threads === 1 ? '1 thread' : `${threads} threads`}`;
  return `${adapter}${simd === null ? '' : SIMD_TEXT[simd]}${processor}`;
}

/** `wasm (WebAssembly SIMD, 2 threads)`. */
export function engineText(engine: EngineIdentity): string {
  return engine.backend === '' ? engine.adapter : `${engine.backend} (${adapterText(engine)})`;
}

/** The engine from the text that versions before 0.2.0 stored, which is that of `engineText`. */
export function engineOfText(text: string): EngineIdentity {
  const [, backend, words] = /^([\w-]+) \((.*)\)$/.exec(text) ?? [];
  if (backend === undefined) return { backend: '', adapter: text, simd: null, threads: null };
  const [, adapter, simd, threads] = /^(.*?)( SIMD)?, (\d+) threads?$/.exec(words) ?? [];
  return adapter === undefined
    ? { backend, adapter: words, simd: null, threads: null }
    : { backend, adapter, simd: simd === undefined ? 'none' : 'plain', threads: Number(threads) };
}

/** `0.2.0 (commit 1a2b3c4d5e, modified; sources 9f8e7d6c5b)`. */
export function codeText({ version, sources, commit, modified }: CodeIdentity): string {
  const parts = [
    commit === null ? '' : `commit ${commit.slice(0, 10)}${modified ? ', modified' : ''}`,
    sources === null ? '' : `sources ${sources.slice(0, 10)}`,
  ].filter((part) => part !== '');
  return parts.length === 0 ? version : `${version} (${parts.join('; ')})`;
}

/** The code of a version before 0.2.0, which stored nothing else. */
export function codeOfVersion(version: string): CodeIdentity {
  return { version, sources: null, commit: null, modified: null };
}

const MADE_BEFORE =
  'Made before version 0.3.0, which corrected the weight `clip_filter` (it trained as `equal`), "no clip" (it clipped at a ratio of 11), the clip range of losses that took their own for 0.2, and `kl` (a mean of k3, which one token can rule): what rests on these is void until it is made anew.';

/** The sentence above what code of before that correction made; null where all of it is newer. */
export function correctionNote(codes: readonly (CodeIdentity | null)[]): string | null {
  const older = codes.some((code) => code !== null && /^0\.[0-2]\./.test(code.version));
  return older ? MADE_BEFORE : null;
}
