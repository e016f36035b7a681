import * as z from 'zod';
import { UNWANTED_MOUNTPOINTS, UNWANTED_NETWORK_DEVICES } from '../domain/machine.ts';
import type { Cooldown, UnitTemplate, Verification } from '../domain/policy.ts';
import { isUnitName } from '../domain/unit.ts';
import { daemons } from './daemons.ts';
import { duration } from './duration.ts';
import { journal } from './journal.ts';
import { launchd } from './launchd.ts';
import { listenAddress } from './listen.ts';
import { matcher } from './matcher.ts';
import { absolutePath } from './path.ts';
import { pattern } from './pattern.ts';
import { probes } from './probes/probe.ts';

const EVERYTHING = '.+';
const DEVICES = '.+\\.device';

const onOff = z.boolean({ error: 'expected true or false' });

const mode = z.enum(['dry-run', 'enforce'], { error: 'expected dry-run or enforce' });

const unitName = z
  .string({ error: 'expected a unit name such as comfyui@a.service' })
  .refine(isUnitName, { error: 'expected a unit name with its type, such as comfyui@a.service' });

const unitPattern = z
  .string({ error: 'expected a unit name, in which * stands for any text, such as postgresql@*' })
  .regex(/^[A-Za-z0-9:_.\\@*-]+$/, {
    error: 'expected a unit name, in which * stands for any text, such as postgresql@*',
  });

const LABEL_TEMPLATE = /^\{\{\s*labels\.([a-zA-Z_][a-zA-Z0-9_]*)\s*\}\}$/;

const unitTemplate = z
  .string({ error: 'expected a unit name, or "{{ labels.unit }}"' })
  .transform((text, context): UnitTemplate => {
    const label = LABEL_TEMPLATE.exec(text)?.[1];
    if (label !== undefined) return { kind: 'label', label };
    if (isUnitName(text)) return { kind: 'literal', name: text };
    context.issues.push({
      code: 'custom',
      message: 'expected a unit name, or one label as a whole: "{{ labels.unit }}"',
      input: text,
    });
    return z.NEVER;
  });

const cooldown = z.strictObject({
  base: duration.optional(),
  factor: z
    .number({ error: 'expected a number from 1 up, such as 2' })
    .min(1, { error: 'expected a number from 1 up, such as 2' })
    .optional(),
  max: duration.optional(),
  reset_after: duration.optional(),
});

const verify = z.strictObject({ for: duration.optional(), timeout: duration.optional() });

const policy = z.strictObject({
  name: z.string({ error: 'expected a name such as comfyui-failed' }).regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, {
    error: 'expected a name of small letters, digits, - and _, such as comfyui-failed',
  }),
  mode: mode.optional(),
  when: z
    .array(matcher, { error: 'expected a list of matchers such as alertname = "UnitFailed"' })
    .min(1, { error: 'expected at least one matcher; a policy without any would match nothing' }),
  unit: unitTemplate.default({ kind: 'label', label: 'unit' }),
  allow: z
    .array(unitName, { error: 'expected a list of unit names' })
    .min(1, { error: 'expected at least one unit; an empty list allows none' }),
  steps: z
    .array(z.enum(['restart'], { error: 'expected an action: restart' }), {
      error: 'expected a list of actions',
    })
    .length(1, { error: 'expected exactly one step: [restart]' })
    .default(['restart']),
  cooldown: cooldown.optional(),
  verify: verify.optional(),
});

const USERS = 'expected all, or a list of user names such as [alice, bob]';

const users = z
  .union([z.literal('all'), z.array(z.union([z.string().min(1), z.int().nonnegative()]))], { error: USERS })
  .default([]);

const PROGRAM = 'expected a program on PATH such as nvidia-smi, or an absolute path to one';

const program = z.string({ error: PROGRAM }).regex(/^(?:\/.*)?[^/]+$/, { error: PROGRAM });

/** Starting nvidia-smi takes some 50 ms to seconds; what is older than an hour says nothing of now. */
const smiInterval = duration.refine((seconds) => seconds >= 1 && seconds <= 3600, {
  error: 'expected a duration from 1s to 1h',
});

const exporter = z.strictObject({
  listen: listenAddress.prefault('127.0.0.1:10558'),
  systemd: z
    .strictObject({
      include: pattern.prefault(EVERYTHING),
      exclude: pattern.prefault(DEVICES),
      unit_state: z
        .enum(['full', 'nonzero', 'off'], { error: 'expected full, nonzero or off' })
        .default('full'),
      systemd_exporter_types: onOff.default(false),
      enabled: onOff.optional(),
      common: onOff.default(true),
      private: onOff.default(false),
      resolved: onOff.default(false),
      users,
    })
    .prefault({}),
  cgroup: z
    .strictObject({
      cpu: onOff.default(true),
      memory: onOff.default(true),
      pids: onOff.default(true),
      limits: onOff.default(true),
      pressure: onOff.default(false),
      io: onOff.default(false),
      slices: onOff.default(false),
    })
    .prefault({}),
  gpu: z
    .strictObject({
      nvidia: z
        .strictObject({
          reader: z
            .enum(['nvidia-smi', 'node-nvidia-smi', 'off'], {
              error: 'expected nvidia-smi, node-nvidia-smi or off',
            })
            .default('nvidia-smi'),
          mode: z.enum(['spawn', 'stream'], { error: 'expected spawn or stream' }).default('spawn'),
          path: program.default('nvidia-smi'),
          interval: smiInterval.prefault('15s'),
        })
        .prefault({}),
      processes: onOff.default(false),
    })
    .prefault({}),
  kernel_log: onOff.default(true),
  journal: journal.prefault({}),
  launchd: launchd.prefault({}),
  hwmon: onOff.default(true),
  machine: z
    .strictObject({
      enabled: onOff.default(true),
      filesystems: z
        .strictObject({ remote: onOff.default(false), exclude: pattern.prefault(UNWANTED_MOUNTPOINTS) })
        .prefault({}),
      network: z.strictObject({ exclude: pattern.prefault(UNWANTED_NETWORK_DEVICES) }).prefault({}),
    })
    .prefault({}),
  sysfs: absolutePath.default('/sys'),
  procfs: absolutePath.default('/proc'),
});

const remediator = z.strictObject({
  listen: listenAddress.prefault('127.0.0.1:10559'),
  mode: mode.default('dry-run'),
  token_file: absolutePath.optional(),
  ledger: absolutePath.optional(),
  defaults: z.strictObject({ cooldown: cooldown.prefault({}), verify: verify.prefault({}) }).prefault({}),
  protect: z.strictObject({ units: z.array(unitPattern).default([]) }).prefault({}),
  policies: z.array(policy).default([]),
});

/** The whole configuration file. Everything is optional; an unknown key is an error. */
export const schema = z.strictObject({
  exporter: exporter.prefault({}),
  remediator: remediator.prefault({}),
  probes,
  daemons: daemons.default([]),
});

/** A configuration as it was written, with the defaults filled in. */
export type WrittenConfig = z.output<typeof schema>;

/** Built-in waiting times between repairs of one unit. */
export const DEFAULT_COOLDOWN: Cooldown = {
  baseSeconds: 120,
  factor: 2,
  maxSeconds: 3600,
  resetAfterSeconds: 21_600,
};

/** Built-in proof of a repair. */
export const DEFAULT_VERIFICATION: Verification = { holdSeconds: 30, timeoutSeconds: 180 };
