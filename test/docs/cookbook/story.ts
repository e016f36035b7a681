import type { Alert } from '../../../src/domain/alert.ts';
import type { LedgerLine } from '../../../src/domain/ledger.ts';
import type { PolicySet } from '../../../src/domain/policy.ts';
import type { Asked } from '../../campaign/manager.ts';
import { withVirtualTimers } from '../../campaign/timers.ts';
import { type Machine, startMachine } from './machine.ts';

/** Something that happens on the machine, and not by fettle. */
export interface Happening {
  /** Seconds since the story began. */
  readonly at: number;
  /** In words, for the transcript. */
  readonly what: string;
  readonly act: (machine: Machine) => void;
}

/** What happens on a machine for which a policy was written. */
export interface Story {
  /** Name of the policy. */
  readonly policy: string;
  readonly alert: Readonly<Record<string, string>> & { readonly alertname: string };
  readonly units: readonly string[];
  readonly oneshots?: readonly string[];
  /** Seconds after 01:00 UTC of a Saturday; 0 if left out. */
  readonly begins?: number;
  /** When the alert begins to fire, sent again every so many seconds until it is over. */
  readonly fires: number;
  readonly repeats?: number;
  /** When it is over, if ever. */
  readonly over?: number;
  readonly happens: readonly Happening[];
  readonly lasts: number;
}

/** What became of a story: its transcript, and how often the service manager was asked to change something. */
export interface Told {
  readonly transcript: string;
  readonly asked: number;
}

/** As `deploy/alertmanager` has it. */
const REPEAT_SECONDS = 900;

/** Plays a story with policies, and tells what happened and what fettle did. */
export async function play(story: Story, policies: PolicySet): Promise<Told> {
  const { units, oneshots = [], begins = 0, lasts } = story;
  let machine: Machine | undefined;
  const running = () => {
    if (machine === undefined) throw new Error('nothing is timed before the machine is there');
    return machine.time;
  };
  return await withVirtualTimers(
    running,
    () => 1,
    async () => {
      machine = await startMachine({ units, oneshots, policies });
      const { time, disk } = machine;
      const nothing = () => undefined;
      await time.pass(begins * 1000, nothing);
      const start = time.awakeMs;
      const lines: { readonly at: number; readonly text: string }[] = [];
      const note = (text: string) => lines.push({ at: (time.awakeMs - start) / 1000, text });
      machine.onAsked = (asked) => note(`systemd is asked: ${askedWords(asked)}`);
      schedule(story, machine, note);
      let told = 0;
      await time.pass(lasts * 1000, () => {
        for (const text of disk.texts.slice(told)) {
          const line: LedgerLine = JSON.parse(text);
          for (const words of wordsOf(line)) note(words);
        }
        told = disk.texts.length;
      });
      await stop(machine);
      return { transcript: lines.map(lineOf).join('\n'), asked: machine.asked.length };
    },
  );
}

function schedule(story: Story, machine: Machine, note: (text: string) => void): void {
  const { alert, fires, repeats = REPEAT_SECONDS, over = Number.POSITIVE_INFINITY, happens, lasts } = story;
  const { time, remediator } = machine;
  const after = (seconds: number, act: () => void) => time.after(seconds * 1000, 'world', act);
  for (const { at, what, act } of happens) {
    after(at, () => {
      note(what);
      act(machine);
    });
  }
  let begun = new Date(0);
  const send = (status: Alert['status'], what: string) => {
    note(what);
    const labels = new Map(Object.entries(alert));
    void remediator.accept([{ status, labels, startsAt: begun, fingerprint: 'f1' }]);
  };
  after(fires, () => {
    begun = new Date(time.wallMs);
    send('firing', `alert ${alert.alertname} fires`);
  });
  for (let at = fires + repeats; at < Math.min(over, lasts); at += repeats) {
    after(at, () => send('firing', `alert ${alert.alertname} is sent again`));
  }
  if (over < lasts) after(over, () => send('resolved', `alert ${alert.alertname} is over`));
}

async function stop({ remediator, time }: Machine): Promise<void> {
  const stopped = remediator.stop();
  await time.pass(1000, () => undefined);
  await stopped;
}

/** A line of the ledger in words; what everybody sees anyway is not told. */
function wordsOf(line: LedgerLine): readonly string[] {
  switch (line.event) {
    case 'started':
      return [`fettle: ${line.action} of ${line.unit} begins`];
    case 'finished':
      return [`fettle: ${line.action} ${line.result}: ${line.detail}`];
    case 'refused':
      return line.denials.map(({ rail, reason }) => `fettle: refused by ${rail}: ${reason}`);
    case 'rehearsed':
      return [`fettle: ${line.detail}`];
    case 'ended':
      return [`fettle: ${line.ending}: ${line.detail}`];
    case 'undone':
      return [`fettle: ${line.result}: ${line.detail}`];
    case 'received':
    case 'resolved':
      return [];
    default:
      return line satisfies never;
  }
}

function askedWords({ action, name, values }: Asked): string {
  if (action !== 'limit') return `${action} ${name}`;
  const given = Object.entries(values).map(([property, value]) => `${property}=${value}`);
  return `set ${given.join(' ')} of ${name}`;
}

function lineOf({ at, text }: { readonly at: number; readonly text: string }): string {
  const minutes = String(Math.floor(at / 60)).padStart(3);
  const seconds = String(Math.floor(at % 60)).padStart(2, '0');
  return `${minutes}:${seconds}  ${text}`;
}
