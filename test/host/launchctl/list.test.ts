import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseDisabled, parseServices } from '../../../src/host/launchctl/list.ts';

const capture = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../captures/launchd', `${name}.txt`), 'utf8');

const job = (label: string, pid?: number, lastExitCode?: number, lastSignal?: number) => ({
  label,
  pid,
  lastExitCode,
  lastSignal,
});

describe('parseServices', () => {
  it('gives the jobs of a domain, and nothing of its other sections', () => {
    expect(parseServices(capture('print-domain'))).toEqual([
      job('com.example.ray-head', 1478),
      job('com.example.helper', undefined, 78),
      job('com.example.killed', undefined, undefined, 9),
      job('com.example.with space', 812),
      job('-k'),
      job('com.example/slash'),
      job('com.example.été', undefined, 1),
    ]);
  });

  it('leaves out lines that are none', () => {
    const text = 'x = {\n\tservices = {\n\t\tx\n\t\tx 0 \ta\n\t\t7\n\t\t9 0 \tb\n\t}\n}\n';
    expect(parseServices(text)).toEqual([job('b', 9)]);
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
