import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDisabled, parseList, parseServices } from '../../../src/host/launchctl/list.ts';

const capture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../captures/launchd', `${name}.txt`), 'utf8');
const SAMPLE = join(import.meta.dirname, '../../../../shared/samples/launchd/list.txt');

/** What was recorded, where it is; it is no part of the project. */
const RECORDED = existsSync(SAMPLE) ? [SAMPLE] : [];

const job = (label: string, pid?: number, lastExitCode?: number, lastSignal?: number) => ({
  label,
  pid,
  lastExitCode,
  lastSignal,
});

describe('parseList', () => {
  it('gives each job with its pid, and how it failed', () => {
    expect(parseList(capture('list'))).toEqual([
      job('com.apple.mdworker'),
      job('com.example.ray-head', 1478),
      job('com.example.helper', undefined, 78),
      job('com.example.killed', undefined, undefined, 9),
      job('com.example.weak', undefined, 1),
      job('com.example.with space', 812),
      job('-k'),
      job('com.example/slash'),
      job('com.example.été'),
    ]);
  });

  it('leaves out lines that are none', () => {
    expect(parseList('PID\tStatus\tLabel\nx\t0\ta\n1\t\tb\n1\t0\n7\t0\tc\n')).toEqual([job('c', 7)]);
  });

  it.each(['', 'garbage\n', '1\t0\ta\n'])('finds no list in %j', (text) => {
    expect(parseList(text)).toBeUndefined();
  });

  it.each(RECORDED)('understands one that was recorded', (sample) => {
    const jobs = parseList(readFileSync(sample, 'utf8')) ?? [];
    expect(jobs).toHaveLength(11);
    expect(jobs).toContainEqual(job('com.apple.Finder', 279));
    expect(jobs).toContainEqual(job('com.example.failed.service', undefined, 78));
  });
});

describe('parseServices', () => {
  it('gives the jobs of a domain, and nothing of its other sections', () => {
    expect(parseServices(capture('print-domain'))).toEqual([
      job('com.example.ray-head', 1478),
      job('com.example.helper', undefined, 78),
      job('com.example.killed', undefined, undefined, 9),
      job('com.example.with space', 812),
    ]);
  });

  it('finds none where there is no section', () => {
    expect(parseServices('gui/501 = {\n}\n')).toBeUndefined();
    expect(parseServices('gui/501 = {\n\tservices = {\n\t}\n}\n')).toEqual([]);
  });
});

describe('parseDisabled', () => {
  it('understands the words of all versions', () => {
    expect(Object.fromEntries(parseDisabled(capture('print-disabled')))).toEqual({
      'com.example.helper': false,
      'com.example.ray-head': true,
      'com.example.old-way': false,
      'com.example.old-way-on': true,
    });
  });
});
