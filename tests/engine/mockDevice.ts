// A WebGPU device that computes nothing and counts what it is asked: budgets are held by this, without a GPU.

export type MockCounts = {
  dispatches: number;
  submits: number;
  writes: number;
  buffers: number;
  liveBuffers: number;
  liveBytes: number;
  bindGroups: number;
  pipelines: number;
  maps: number;
  /** Dispatches of each pipeline, by its label. */
  byLabel: Map<string, number>;
};

class MockBuffer {
  private destroyed = false;
  constructor(
    private readonly counts: MockCounts,
    readonly size: number,
    readonly usage: number,
  ) {
    counts.buffers++;
    counts.liveBuffers++;
    counts.liveBytes += size;
  }
  async mapAsync(): Promise<void> {
    this.counts.maps++;
  }
  getMappedRange(_offset: number, size: number): ArrayBuffer {
    return new ArrayBuffer(size);
  }
  unmap(): void {}
  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    this.counts.liveBuffers--;
    this.counts.liveBytes -= this.size;
  }
}

/** The parts of GPUDevice that the executor uses; every read gives zeros. `mostBytes`: its limit for one buffer. */
export function mockDevice(mostBytes = 2 ** 30): { device: GPUDevice; counts: MockCounts } {
  const counts: MockCounts = {
    dispatches: 0,
    submits: 0,
    writes: 0,
    buffers: 0,
    liveBuffers: 0,
    liveBytes: 0,
    bindGroups: 0,
    pipelines: 0,
    maps: 0,
    byLabel: new Map(),
  };
  const pass = () => {
    let label = '';
    return {
      setPipeline: (pipeline: { label: string }) => {
        label = pipeline.label;
      },
      setBindGroup: () => undefined,
      dispatchWorkgroups: (x: number, y = 1) => {
        if (!(x > 0 && y > 0 && Number.isInteger(x) && x <= 65535 && y <= 65535)) {
          throw new RangeError(`${label}: ${x} x ${y} workgroups`);
        }
        counts.dispatches++;
        counts.byLabel.set(label, (counts.byLabel.get(label) ?? 0) + 1);
      },
      end: () => undefined,
    };
  };
  const device = {
    limits: { maxStorageBufferBindingSize: mostBytes, maxBufferSize: 2 ** 30 },
    lost: new Promise(() => undefined),
    addEventListener: () => undefined,
    destroy: () => undefined,
    createBuffer: ({ size, usage }: GPUBufferDescriptor) => new MockBuffer(counts, size, usage),
    createBindGroup: () => {
      counts.bindGroups++;
      return {};
    },
    createBindGroupLayout: () => ({}),
    createPipelineLayout: () => ({}),
    createShaderModule: () => ({}),
    createComputePipelineAsync: async ({ label }: { label?: string }) => {
      counts.pipelines++;
      return { label: label ?? '' };
    },
    createCommandEncoder: () => ({
      beginComputePass: pass,
      copyBufferToBuffer: () => undefined,
      clearBuffer: () => undefined,
      finish: () => ({}),
    }),
    queue: {
      writeBuffer: () => {
        counts.writes++;
      },
      submit: () => {
        counts.submits++;
      },
      onSubmittedWorkDone: async () => undefined,
    },
  };
  return { device: device as unknown as GPUDevice, counts };
}
