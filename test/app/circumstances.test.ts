import { describe, expect, it } from 'vitest';
import type { GpuQuestion } from '../../src/app/circumstances/gpu-question.ts';
import { type CircumstancesDeps, createCircumstances } from '../../src/app/circumstances.ts';
import type { Condition, Quantity } from '../../src/domain/condition.ts';
import { Failure } from '../../src/domain/errors.ts';
import type { Policy } from '../../src/domain/policy.ts';
import type { ProbeFailure } from '../../src/domain/probe.ts';
import type { Step } from '../../src/domain/step.ts';
import { load } from '../config/probes/load.ts';

const PLAN = load({ name: 'vllm', http: { url: 'http://127.0.0.1:1/' }, interval: '1m', timeout: '1s' });
const FILE_PLAN = load({ name: 'file', file: { path: '/x' }, interval: '1m', timeout: '1s' });

const known = <T>(value: T) => ({ known: true as const, value });

const GPU: GpuQuestion = {
  hottest: async () => known(70),
  leastFreeMemory: async () => known(1024),
  blockingXids: async () => known([]),
};

const ALERT = { status: 'firing', labels: new Map(), startsAt: new Date(0), fingerprint: 'a' } as const;
const UNIT = { manager: 'systemd', scope: 'system', name: 'x.service' } as const;
const ACTIVE = { state: 'active', silencedBy: [], inhibitedBy: [] } as const;

const asked = { count: 0 };

const DEPS: CircumstancesDeps = {
  pause: async () => known(undefined),
  secondsSinceBoot: () => 100,
  packagesChangedAt: async () => new Date(5),
  alertState: () => async () => ACTIVE,
  alertTimeoutMs: () => 1000,
  gates: () => ({ xid: true, maxCelsius: 85 }),
  gpu: () => GPU,
  hottestZone: async () => 60,
  memoryAvailable: () => 4096,
  probes: () => [PLAN, FILE_PLAN],
  async askProbe() {
    asked.count += 1;
    return { failure: undefined, values: new Map(), notes: [] };
  },
};

const failing = (failure: ProbeFailure): Pick<CircumstancesDeps, 'askProbe'> => ({
  askProbe: async () => ({ failure, values: new Map(), notes: [] }),
});

function condition(quantity: Quantity): Condition {
  return { text: '', quantity, operator: '>', value: 0 };
}

function stepWith(...quantities: readonly Quantity[]): Step {
  return { action: 'stop', waitSeconds: 0, onlyIf: quantities.map(condition) };
}

/** Only what is read of a policy. */
function policyWith(probe: string | undefined): Policy {
  const verify = { holdSeconds: 1, timeoutSeconds: 1, probe, gpuMemoryFreed: false };
  return {
    name: 'p',
    mode: 'enforce',
    when: [],
    unit: { kind: 'literal', name: UNIT.name },
    allow: [UNIT.name],
    steps: [],
    giveUpSeconds: 1,
    cooldown: { baseSeconds: 1, factor: 1, maxSeconds: 1, resetAfterSeconds: 1 },
    limits: [],
    verify,
    maxAlertAgeSeconds: 1,
    blame: { otherHandsSeconds: 0, packagesSeconds: 0, bootSeconds: 0 },
    undoesOnResolve: false,
  };
}

const read = (
  deps: Partial<CircumstancesDeps> = {},
  step = stepWith(),
  probe: string | undefined = undefined,
  signal = new AbortController().signal,
) =>
  createCircumstances({ ...DEPS, ...deps })(
    { alert: ALERT, policy: policyWith(probe), step, unit: UNIT },
    signal,
  );

const fails = () => {
  throw new Failure('unreadable', 'it is broken');
};

describe('circumstances', () => {
  it('are all that is known', async () => {
    expect(await read()).toEqual({
      pause: known(undefined),
      secondsSinceBoot: known(100),
      packagesChangedAt: known(new Date(5)),
      alert: known(ACTIVE),
      blockingXids: known([]),
      hottestCelsius: known(70),
      quantities: new Map(),
      probeSuccess: undefined,
    });
  });

  it('say why something is not known, and lose nothing else by it', async () => {
    const found = await read(
      {
        pause: fails,
        secondsSinceBoot: fails,
        packagesChangedAt: fails,
        alertState: () => fails,
        gpu: () => ({ hottest: fails, leastFreeMemory: fails, blockingXids: fails }),
        memoryAvailable: fails,
        hottestZone: fails,
        askProbe: fails,
      },
      stepWith(
        'gpu_temperature_celsius',
        'gpu_memory_free_bytes',
        'memory_available_bytes',
        'thermal_zone_celsius',
        'probe_success(vllm)',
      ),
      'vllm',
    );
    const { quantities, ...others } = found;
    const all = [...Object.values(others), ...quantities.values()];
    expect(all).toHaveLength(12);
    for (const one of all)
      expect(one).toEqual({ known: false, why: expect.stringContaining('it is broken') });
  });

  it('do not wait for what hangs', async () => {
    const stop = new AbortController();
    const hangs = () => new Promise<never>(() => undefined);
    const reading = read(
      { alertState: () => hangs, alertTimeoutMs: () => 20, pause: hangs },
      stepWith(),
      undefined,
      stop.signal,
    );
    setTimeout(() => stop.abort(new Error('called off')), 100);
    expect(await reading).toMatchObject({
      alert: { known: false, why: 'asking Alertmanager: not done within 0.02 s' },
      pause: { known: false, why: 'reading the pause: called off' },
      secondsSinceBoot: known(100),
    });
  });

  it('ask nobody who is not to be asked', async () => {
    const gates = () => ({ xid: false, maxCelsius: undefined });
    const found = await read({
      alertState: () => undefined,
      gates,
      gpu: () => ({ ...GPU, hottest: fails, blockingXids: fails }),
    });
    expect(found.alert).toBeUndefined();
    expect(found.hottestCelsius).toEqual({ known: false, why: 'the gate for heat is off' });
    expect(found.blockingXids).toEqual({ known: false, why: 'the gate for Xids is off' });
  });

  it.each([
    [70, 60, known(70)],
    [undefined, 60, known(60)],
    [50, undefined, known(50)],
    [undefined, undefined, known(undefined)],
  ])('tell the hottest of GPU %j and zone %j', async (gpu, zone, hottest) => {
    const found = await read({
      gpu: () => ({ ...GPU, hottest: async () => known(gpu) }),
      hottestZone: async () => zone,
    });
    expect(found.hottestCelsius).toEqual(hottest);
  });

  it('do not know what is hottest while a GPU is silent', async () => {
    const silent = { known: false as const, why: 'silent' };
    const found = await read({ gpu: () => ({ ...GPU, hottest: async () => silent }) });
    expect(found.hottestCelsius).toEqual(silent);
  });

  it('tell the quantities of the step, and no others', async () => {
    const step = stepWith(
      'gpu_temperature_celsius',
      'gpu_memory_free_bytes',
      'memory_available_bytes',
      'thermal_zone_celsius',
    );
    const { quantities } = await read({}, step);
    expect(Object.fromEntries(quantities)).toEqual({
      gpu_temperature_celsius: known(70),
      gpu_memory_free_bytes: known(1024),
      memory_available_bytes: known(4096),
      thermal_zone_celsius: known(60),
    });
    const none = async () => known(undefined);
    const without = await read(
      { gpu: () => ({ ...GPU, hottest: none, leastFreeMemory: none }), hottestZone: async () => undefined },
      step,
    );
    expect([...without.quantities.values()].filter((one) => one.known)).toEqual([known(4096)]);
  });

  it('ask a probe once, however often it is named', async () => {
    asked.count = 0;
    const found = await read({}, stepWith('probe_success(vllm)', 'probe_success(vllm)'), 'vllm');
    expect(found.probeSuccess).toEqual(known(true));
    expect(found.quantities.get('probe_success(vllm)')).toEqual(known(1));
    expect(asked.count).toBe(1);
  });

  it('tell that a probe fails, and what is not known of one', async () => {
    const timeout = failing({ reason: 'timeout', detail: 'late' });
    const found = await read(timeout, stepWith('probe_success(vllm)', 'probe_success(other)'), 'vllm');
    expect(found.probeSuccess).toEqual(known(false));
    expect(found.quantities.get('probe_success(vllm)')).toEqual(known(0));
    expect(found.quantities.get('probe_success(other)')).toEqual({
      known: false,
      why: 'there is no probe other in the configuration',
    });
  });

  it.each([
    ['vllm', 'internal', false],
    ['vllm', 'start', false],
    ['vllm', 'unreadable', false],
    ['file', 'unreadable', true],
    ['file', 'internal', false],
  ] as const)('of probe %s with reason %s know more: %j', async (name, reason, isKnown) => {
    const found = await read(failing({ reason, detail: 'why' }), stepWith(), name);
    expect(found.probeSuccess?.known).toBe(isKnown);
  });
});
