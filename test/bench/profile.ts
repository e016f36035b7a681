import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repository } from '../lab/unpack.ts';

/** A function and the share of the time that was spent in itself. */
export interface HotFunction {
  readonly name: string;
  readonly ms: number;
  readonly share: number;
}

/** A time span on the clock that V8's profiler uses as well: `process.hrtime`, in microseconds. */
export interface Span {
  readonly beginUs: number;
  readonly endUs: number;
}

interface Profile {
  readonly nodes: readonly { readonly id: number; readonly callFrame: CallFrame }[];
  readonly startTime: number;
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface CallFrame {
  readonly functionName: string;
  readonly url: string;
  readonly lineNumber: number;
}

/** Now, on the clock of a Span. */
export function nowUs(): number {
  return Number(process.hrtime.bigint() / 1000n);
}

/** The functions in which a profile of `folder` spent most time of its own within the span, most first. */
export function hotFunctions(
  folder: string,
  { beginUs, endUs }: Span,
  count: number,
): readonly HotFunction[] {
  const file = readdirSync(folder).find((name) => name.endsWith('.cpuprofile'));
  if (file === undefined) throw new Error('fettle has left no CPU profile');
  const profile: Profile = JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const names = new Map(profile.nodes.map(({ id, callFrame }) => [id, frameName(callFrame)]));
  const spent = new Map<string, number>();
  let atUs = profile.startTime;
  for (const [index, id] of profile.samples.entries()) {
    const deltaUs = profile.timeDeltas[index] ?? 0;
    atUs += deltaUs;
    const name = names.get(id) ?? '';
    if (atUs < beginUs || atUs > endUs || name === '(idle)') continue;
    spent.set(name, (spent.get(name) ?? 0) + deltaUs / 1000);
  }
  const totalMs = [...spent.values()].reduce((sum, ms) => sum + ms, 0);
  return [...spent]
    .map(([name, ms]) => ({ name, ms, share: ms / totalMs }))
    .sort((a, b) => b.ms - a.ms)
    .slice(0, count);
}

function frameName({ functionName, url, lineNumber }: CallFrame): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  if (url === '') return name;
  const path = url.startsWith('file:') ? fileURLToPath(url) : url;
  return `${name} ${path.replace(`${repository}/`, '')}:${lineNumber + 1}`;
}
