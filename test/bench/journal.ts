import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { savedText } from '../../src/sources/journal/saved.ts';
import type { Lab } from '../lab/lab.ts';
import { runChild } from './gpu-child.ts';
import type { JournalCost, JournalTask } from './journal-child.ts';

const BACKLOG = 100_000;
const PER_SECOND = 10_000;
const LIVE_SECONDS = 10;

/** Literal beginnings, alternatives and any case: what people look for. */
const PATTERNS = [
  'failed to load model',
  'OutOfMemoryError|CUDA out of memory',
  '(?i)\\bmodel\\s+\\S+\\s+failed',
];

/** Such a message as an inference server writes at each request, of some 120 bytes. */
const LINE =
  '10.0.0.3:51122 - \\"POST /v1/chat/completions HTTP/1.1\\" 200 OK tokens=512 latency=1.234s request=';

/** Measures what counting the journal costs, on the lab's journald; half a minute. */
export async function journalReport(lab: Lab, say: (what: string) => void): Promise<string> {
  writeFileSync(
    `${lab.root}/etc/systemd/journald.conf.d/zz-bench.conf`,
    '[Journal]\nRuntimeMaxUse=1G\nRuntimeMaxFileSize=128M\nRateLimitIntervalSec=0\n',
  );
  await lab.run(['systemctl', 'restart', 'systemd-journald.service']);
  say(`journal: writing ${BACKLOG} messages`);
  const rows: string[] = [];
  for (const patterns of [[], PATTERNS]) {
    const unit = `backlog-${patterns.length}.service`;
    const state = await stateAtEnd(lab, unit);
    await writeMessages(lab, unit, BACKLOG);
    const cost = await costOf({ journalctl: journalctlOf(lab), state, patterns, unit, messages: BACKLOG });
    rows.push(rowOf(`a backlog of ${BACKLOG}, ${patterns.length} patterns`, cost));
  }
  say(`journal: ${PER_SECOND} messages a second for ${LIVE_SECONDS} s`);
  const unit = 'live.service';
  const state = await stateAtEnd(lab, unit);
  const messages = PER_SECOND * LIVE_SECONDS;
  const writing = writeMessages(lab, unit, messages, PER_SECOND);
  const cost = await costOf({ journalctl: journalctlOf(lab), state, patterns: PATTERNS, unit, messages });
  await writing;
  rows.push(rowOf(`${PER_SECOND} a second, ${PATTERNS.length} patterns`, cost));
  return ['### The journal', '', ...HEAD, ...rows].join('\n');
}

const HEAD = [
  '| messages | messages a second | CPU of fettle each | of journalctl each | longest hold-up | highest lag | dropped |',
  '|---|---:|---:|---:|---:|---:|---:|',
];

function rowOf(what: string, cost: JournalCost): string {
  const { messages, seconds, cpuSeconds, journalctlSeconds, longestMs, lagSeconds, dropped } = cost;
  const each = (total: number) => `${((total / messages) * 1e6).toFixed(1)} µs`;
  const rate = Math.round(messages / seconds);
  return `| ${what} | ${rate} | ${each(cpuSeconds)} | ${each(journalctlSeconds)} | ${longestMs.toFixed(1)} ms | ${lagSeconds.toFixed(2)} s | ${dropped} |`;
}

async function costOf(task: JournalTask): Promise<JournalCost> {
  return JSON.parse(await runChild(new URL('journal-child.ts', import.meta.url), JSON.stringify(task)));
}

function journalctlOf(lab: Lab): JournalTask['journalctl'] {
  return ['nsenter', '-t', String(lab.pid), '-a', '--', 'journalctl'];
}

/** A state as if fettle had been stopped now. */
async function stateAtEnd(lab: Lab, name: string): Promise<string> {
  const { stdout } = await lab.run(['journalctl', '-n', '1', '-o', 'json', '--output-fields=_TRANSPORT']);
  const cursor = /"__CURSOR"\s*:\s*"([^"]+)"/.exec(stdout)?.[1] ?? '';
  const path = join(lab.dir, name, 'journal.json');
  mkdirSync(dirname(path));
  const dropped = { malformed: 0, too_long: 0, missed: 0 };
  writeFileSync(
    path,
    savedText({ cursor, stopped: true, tally: { gaps: 0, dropped, units: [], rules: [] } }),
  );
  return path;
}

/** A service writes so many messages, all at once or so many a second. */
async function writeMessages(lab: Lab, unit: string, messages: number, perSecond = 0): Promise<void> {
  const script = `
    use Time::HiRes qw(time sleep); $| = 1; my $begin = time; my $out = "";
    for my $i (1..${messages}) {
      $out .= "${LINE}$i\\n";
      next if $i % 100;
      print $out; $out = "";
      my $due = ${perSecond} ? $begin + $i / ${perSecond || 1} : 0;
      sleep($due - time) if $due > time;
    }`;
  const argv = ['systemd-run', '--wait', '--quiet', `--unit=${unit}`, 'perl', '-e', script];
  await lab.run(argv, { timeoutMs: 120_000 });
  await lab.run(['journalctl', '--sync']);
}
