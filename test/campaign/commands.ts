import type { Step } from '../../src/domain/step.ts';
import type { LimitProperty } from '../../src/domain/throttle.ts';
import { ALERTS, type Beginning } from './alertmanager.ts';
import type { Matter } from './around.ts';
import type { DiskState } from './disk.ts';
import type { JobMood, LookMood } from './manager.ts';
import type { PolicyName, Settings } from './policies.ts';
import type { UnitEvent } from './units.ts';

/** Something that happens in a history. Times are seconds. */
export type Command =
  | { readonly do: 'pass'; readonly seconds: number }
  /** A unit fails, and the alert about it fires. */
  | { readonly do: 'trouble'; readonly alert: number; readonly seconds: number }
  | { readonly do: 'unit'; readonly unit: string; readonly event: UnitEvent }
  | {
      readonly do: 'fire';
      readonly alerts: readonly number[];
      readonly beginning: Beginning;
      readonly copies: number;
    }
  | { readonly do: 'resolve'; readonly alerts: readonly number[] }
  | { readonly do: 'repeat' }
  | { readonly do: 'jobs'; readonly mood: JobMood }
  | { readonly do: 'looks'; readonly mood: LookMood }
  | { readonly do: 'disk'; readonly state: DiskState }
  | { readonly do: 'pause'; readonly seconds: number | undefined }
  | { readonly do: 'resume' }
  | { readonly do: 'matter'; readonly matter: Matter; readonly isOn: boolean }
  | { readonly do: 'packages' }
  | { readonly do: 'limit'; readonly property: LimitProperty; readonly value: string }
  | { readonly do: 'jump'; readonly seconds: number }
  | { readonly do: 'suspend'; readonly seconds: number }
  | { readonly do: 'settings'; readonly change: Partial<Settings> }
  | {
      readonly do: 'crash';
      /** So many things still happen before. */
      readonly events: number;
      /** Of what is being written, so many lines are on the disk. */
      readonly lines: number;
      readonly down: number;
    }
  | { readonly do: 'reboot'; readonly events: number; readonly lines: number; readonly down: number }
  | { readonly do: 'stop'; readonly down: number };

/** A whole history: how the machine is set up, and what happens. */
export interface Story {
  readonly settings: Settings;
  readonly commands: readonly Command[];
}

/** A history as a list that a person can read. */
export function toldStory({ settings, commands }: Story): string {
  const lines = commands.map((command, index) => `${String(index + 1).padStart(3)}. ${toldCommand(command)}`);
  return [`settings: ${toldSettings(settings)}`, ...lines].join('\n');
}

/** A command in words. */
export function toldCommand(command: Command): string {
  switch (command.do) {
    case 'pass':
      return `${command.seconds} s go by`;
    case 'trouble':
      return `${alertWords(command.alert)}: the unit fails, the alert fires ${command.seconds} s later`;
    case 'unit':
      return `${command.unit} ${command.event}`;
    case 'fire':
      return `fires, begun ${command.beginning}${command.copies > 1 ? ', in two copies' : ''}: ${command.alerts.map(alertWords).join(', ')}`;
    case 'resolve':
      return `is resolved: ${command.alerts.map(alertWords).join(', ')}`;
    case 'repeat':
      return 'everything that fires is sent again';
    case 'jobs':
      return `from now on the manager's jobs: ${command.mood}`;
    case 'looks':
      return `from now on looks at units: ${command.mood}`;
    case 'disk':
      return `from now on the disk: ${command.state}`;
    case 'pause':
      return command.seconds === undefined ? 'fettle pause' : `fettle pause --for ${command.seconds}s`;
    case 'resume':
      return 'fettle resume';
    case 'matter':
      return `${command.isOn ? 'from now on' : 'no longer'}: ${command.matter}`;
    case 'packages':
      return 'packages are changed';
    case 'limit':
      return `somebody sets ${command.property}=${command.value} of c.service`;
    case 'jump':
      return `the wall clock jumps by ${command.seconds} s`;
    case 'suspend':
      return `the machine sleeps for ${command.seconds} s`;
    case 'settings':
      return `fettle reloads: ${toldSettings(command.change)}`;
    case 'crash':
      return `after ${command.events} more events fettle is killed (${command.lines} lines of its write arrive); back ${command.down} s later`;
    case 'reboot':
      return `after ${command.events} more events the machine starts anew (${command.lines} lines of a write arrive); fettle is back ${command.down} s later`;
    case 'stop':
      return `fettle is stopped; back ${command.down} s later`;
    default:
      return command satisfies never;
  }
}

function alertWords(number: number): string {
  const [name, unit] = ALERTS[number] ?? ['?', '?'];
  return `${name}(${unit})`;
}

function toldSettings(settings: Partial<Settings>): string {
  return JSON.stringify(settings);
}

/** Settings that suit most histories. */
export const PLAIN_SETTINGS: Settings = {
  dryRun: [] satisfies readonly PolicyName[],
  gone: [],
  concurrent: 1,
  unitLimits: [{ count: 3, windowSeconds: 600 }],
  hostLimits: [{ count: 6, windowSeconds: 600 }],
  cooldownSeconds: 30,
  stormUnits: 9,
  windowBlocks: undefined satisfies readonly Step['action'][] | undefined,
  probe: false,
};
