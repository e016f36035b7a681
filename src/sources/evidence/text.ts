import type { Known } from '../../domain/circumstances.ts';
import type { JournalMessage } from '../../domain/journal.ts';
import type { KernelNotice } from '../../domain/kernel-log.ts';
import { maskMessages, maskSecrets } from './mask.ts';
import type { EvidenceParts } from './parts.ts';
import { beginningOf, withoutMiddle } from './shorten.ts';

/** Of the whole. */
export const LARGEST_EVIDENCE = 256 * 1024;

/** Texts are cut to the first of these lengths with which all of it fits; with the last it always does. */
const LENGTHS = [4096, 2048, 1024, 512, 256, 128] as const;

/** All messages together are looked through for secrets up to so many characters, each up to one of these. */
const LONGEST_SEARCH = 512 * 1024;
const SEARCHED = [16_384, 4096, 2048] as const;

type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/**
 * The evidence as indented JSON, 256 KiB at most, without secrets that can be told.
 *
 * What is missing is told with why, and that texts were cut.
 */
export function evidenceText(parts: EvidenceParts): string {
  const whole = {
    v: 1,
    ...masked(contentOf(parts)),
    journal: journalLines(parts.journal),
    missing: missingIn(parts),
  };
  for (const most of LENGTHS) {
    const cut = shortened(whole, most);
    const note = cut.isCut ? { cut: `texts of more than ${most} characters were cut in their middle` } : {};
    const text = `${JSON.stringify({ ...cut.value, ...note }, undefined, 2)}\n`;
    if (Buffer.byteLength(text) <= LARGEST_EVIDENCE) return text;
  }
  // Only with far more texts than there can be.
  return `${JSON.stringify({ v: 1, missing: { all: 'it was too large' } })}\n`;
}

interface Fields {
  readonly [name: string]: Json;
}

function contentOf({ takenAt, unit, properties, cgroup, gpuProcesses, xids, kernel }: EvidenceParts): Fields {
  const { ref, id, activeState, subState, result, invocationId, restarts = null, changedAt } = unit;
  return {
    takenAt: takenAt.toISOString(),
    unit: {
      ...ref,
      id,
      activeState,
      subState,
      result,
      invocationId,
      restarts,
      changedAt: changedAt?.toISOString() ?? null,
    },
    properties: toldBy(properties) ?? null,
    cgroup: { ...toldBy(cgroup) },
    gpuProcesses: (toldBy(gpuProcesses) ?? []).map(({ memoryBytes = null, ...one }) => ({
      ...one,
      memoryBytes,
    })),
    xids: (toldBy(xids) ?? []).map(({ lastSeconds, ...one }) => ({ ...one, last: isoOf(lastSeconds) })),
    kernel: (toldBy(kernel) ?? []).map(kernelLine),
  };
}

function missingIn({ takenAt, unit, journal, ...others }: EvidenceParts): Fields {
  const known = Object.entries({ journal, ...others });
  const why = known.flatMap(([name, part]) => (part.known ? [] : [[name, maskSecrets(part.why)] as const]));
  const said = toldBy(journal);
  const tooLong =
    said !== undefined && said.tooLong > 0 ? `${said.tooLong} messages of more than 4 MiB` : undefined;
  const hidden = said?.isPartial ? 'messages that this user may not see' : undefined;
  const some = [tooLong, hidden].filter((text) => text !== undefined);
  return Object.fromEntries([...why, ...(some.length > 0 ? [['journal', some.join('; ')] as const] : [])]);
}

function kernelLine({ seconds, text, collapsed }: KernelNotice): string {
  const more = collapsed > 0 ? ` (and ${collapsed} like it before)` : '';
  return `${isoOf(seconds)} ${text}${more}`;
}

/** A secret may go over several messages of one process. */
function journalLines(journal: EvidenceParts['journal']): readonly string[] {
  const messages = toldBy(journal)?.messages ?? [];
  const sum = (most: number) => messages.reduce((total, { text }) => total + Math.min(most, text.length), 0);
  const most = SEARCHED.find((length) => sum(length) <= LONGEST_SEARCH) ?? SEARCHED[2];
  const byPid = new Map<number | undefined, number[]>();
  for (const [index, { pid }] of messages.entries()) byPid.set(pid, [...(byPid.get(pid) ?? []), index]);
  const lines: string[] = [];
  for (const places of byPid.values()) {
    const texts = maskMessages(places.map((place) => beginningOf(messages[place]?.text ?? '', most)));
    for (const [index, place] of places.entries()) lines[place] = texts[index] ?? '';
  }
  return messages.map((message, index) => `${headOf(message)}: ${lines[index] ?? ''}`);
}

function headOf({ seconds, priority, identifier, pid }: JournalMessage): string {
  const writer = `${maskSecrets(beginningOf(identifier, 64))}${pid === undefined ? '' : `[${pid}]`}`;
  return `${isoOf(seconds)} ${priority ?? '-'} ${writer}`;
}

function isoOf(seconds: number | undefined): string {
  const date = new Date((seconds ?? Number.NaN) * 1000);
  return Number.isNaN(date.getTime()) ? '-' : date.toISOString();
}

function toldBy<T>(part: Known<T>): T | undefined {
  return part.known ? part.value : undefined;
}

/** All texts in it without their secrets; names stay, which are ours. */
function masked(fields: Fields): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      mapped(value, (text) => maskSecrets(beginningOf(text, 16_384))),
    ]),
  );
}

function shortened(fields: Fields, most: number): { readonly value: Fields; readonly isCut: boolean } {
  let isCut = false;
  const cut = (text: string) => {
    isCut ||= text.length > most;
    return withoutMiddle(text, most);
  };
  const value = Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, mapped(one, cut)]));
  return { value, isCut };
}

function mapped(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (isList(value)) return value.map((one) => mapped(one, change));
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mapped(one, change)]));
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
