import type { Machine } from './machine.ts';
import type { Story } from './story.ts';

/** Something happens to a unit by itself. */
function happen({ units }: Machine, name: string, event: 'fails' | 'hangs' | 'recovers'): void {
  const unit = units.of(name);
  if (unit === undefined) throw new Error(`the story has no unit ${name}`);
  units.happen(unit, event);
}

/** What happens to a machine for which each policy of docs/POLICIES.md is meant, in the order of its transcripts. */
export const STORIES: readonly Story[] = [
  {
    policy: 'comfyui-failed',
    alert: { alertname: 'UnitFailed', unit: 'comfyui@a.service' },
    units: ['comfyui@a.service', 'comfyui@b.service'],
    fires: 20,
    over: 720,
    happens: [
      {
        at: 0,
        what: 'comfyui@a.service fails, and will die again at once; the GPU has 88 degrees Celsius',
        act(machine) {
          happen(machine, 'comfyui@a.service', 'fails');
          machine.moods.jobs = 'dies';
          machine.quantities.set('gpu_temperature_celsius', 88);
        },
      },
      {
        at: 480,
        what: 'the cause is gone, and the GPU has 80 degrees Celsius',
        act(machine) {
          machine.moods.jobs = 'prompt';
          machine.quantities.set('gpu_temperature_celsius', 80);
        },
      },
    ],
    lasts: 900,
  },
  {
    policy: 'vllm-crash-loop',
    alert: { alertname: 'ServiceCrashLooping', unit: 'vllm.service' },
    units: ['vllm.service'],
    fires: 60,
    over: 1020,
    happens: [
      {
        at: 0,
        what: 'vllm.service is being started for the seventh time',
        act: (machine) => happen(machine, 'vllm.service', 'hangs'),
      },
    ],
    lasts: 1200,
  },
  {
    policy: 'ollama-silent',
    alert: { alertname: 'ServiceProbeFailed', unit: 'ollama.service' },
    units: ['ollama.service'],
    fires: 60,
    over: 180,
    happens: [
      {
        at: 0,
        what: 'ollama.service runs and does not answer',
        act(machine) {
          machine.probeSucceeds = false;
          machine.follows = () => {
            machine.time.after(40_000, 'machine', () => {
              machine.probeSucceeds = true;
            });
          };
        },
      },
    ],
    lasts: 300,
  },
  {
    policy: 'gateway-leaks',
    alert: { alertname: 'UnitMemoryNearMax', unit: 'gateway.service' },
    units: ['gateway.service'],
    // 17:50 in Berlin.
    begins: (15 * 60 + 50) * 60,
    fires: 0,
    over: 1000,
    happens: [],
    lasts: 1200,
  },
  {
    policy: 'trainer-failed',
    alert: { alertname: 'UnitFailed', unit: 'trainer.service' },
    units: ['trainer.service'],
    oneshots: ['gpu-cleanup.service'],
    fires: 20,
    over: 420,
    happens: [
      {
        at: 0,
        what: 'trainer.service fails, and its process 4242 hangs in the driver',
        act(machine) {
          happen(machine, 'trainer.service', 'fails');
          machine.gpuProcesses = { ofUnit: [4242], all: [4242] };
          machine.follows = ({ unit }) => {
            if (unit === 'gpu-cleanup.service') machine.gpuProcesses = { ofUnit: [], all: [] };
          };
        },
      },
      {
        at: 170,
        what: 'trainer.service fails again: the GPU is full',
        act: (machine) => happen(machine, 'trainer.service', 'fails'),
      },
    ],
    lasts: 480,
  },
  {
    policy: 'jetson-hot',
    alert: { alertname: 'JetsonHot', unit: 'runner@1.service' },
    units: ['runner@1.service'],
    oneshots: ['nvpmodel-low.service', 'nvpmodel-high.service'],
    fires: 0,
    over: 780,
    happens: [],
    lasts: 900,
  },
  {
    policy: 'batch-starves-others',
    alert: { alertname: 'BatchStarvesOthers', unit: 'batch.service' },
    units: ['batch.service'],
    fires: 0,
    over: 2400,
    happens: [],
    lasts: 2500,
  },
  {
    policy: 'avatar-failed',
    alert: { alertname: 'UnitFailed', unit: 'avatar.service' },
    units: ['avatar.service', 'redis-server.service'],
    fires: 20,
    over: 300,
    happens: [
      {
        at: 0,
        what: 'redis-server.service hangs, and avatar.service fails for want of it',
        act(machine) {
          happen(machine, 'avatar.service', 'fails');
          machine.moods.jobs = 'dies';
          machine.quantities.set('probe_success(avatar-redis)', 0);
          machine.follows = ({ name }) => {
            if (name === 'redis-server.service') machine.moods.jobs = 'prompt';
          };
        },
      },
    ],
    lasts: 360,
  },
  {
    policy: 'models-disk-full',
    alert: { alertname: 'ModelsDiskFull', unit: 'comfyui@a.service' },
    units: ['comfyui@a.service'],
    oneshots: ['prune-outputs.service'],
    fires: 0,
    over: 300,
    happens: [],
    lasts: 400,
  },
  {
    policy: 'gpu-broken',
    alert: { alertname: 'VllmGpuBroken', unit: 'vllm.service' },
    units: ['vllm.service'],
    fires: 20,
    happens: [
      {
        at: 0,
        what: 'GPU 0000:01:00.0 reports Xid 79',
        act(machine) {
          machine.blockingXids = [{ pciAddress: '0000:01:00.0', code: 79, asks: 'reboot' }];
        },
      },
    ],
    lasts: 300,
  },
  {
    policy: 'vllm-failed',
    alert: { alertname: 'UnitFailed', unit: 'vllm.service' },
    units: ['vllm.service'],
    fires: 20,
    happens: [
      {
        at: 0,
        what: 'GPU 0000:01:00.0 reports Xid 79, and vllm.service fails',
        act(machine) {
          machine.blockingXids = [{ pciAddress: '0000:01:00.0', code: 79, asks: 'reboot' }];
          happen(machine, 'vllm.service', 'fails');
        },
      },
    ],
    lasts: 120,
  },
];
