import { describe, expect, it } from 'vitest';
import type { GpusReading } from '../../../src/app/gpus.ts';
import { createJsonView, createTableView } from '../../../src/cli/gpu/watch.ts';
import type { Frame, Room } from '../../../src/cli/watch/screen.ts';
import { nothingCollected } from '../../../src/sources/nvidia/state.ts';
import { nvidiaCapture } from '../../fakes/nvidia-smi-documents.ts';
import { RED, RESET, YELLOW } from '../table/colours.ts';
import { seenInDocument } from './seen.ts';

const PIPE: Room = { columns: undefined, rows: undefined };

const { collection: FINE } = nothingCollected('nvidia-smi');
const TWO: GpusReading = {
  gpus: seenInDocument(nvidiaCapture('lost-gpu-driver-550')),
  nvidia: FINE,
  problems: [],
};
const HUNG: GpusReading = { gpus: [], nvidia: FINE, problems: ['reading the PCI bus: \u001b[2J'] };

function painted(reading: GpusReading, room: Room, colours = false): readonly string[] {
  const frames: Frame[] = [];
  const screen = {
    show: (frame: Frame) => void frames.push(frame),
    repaint: () => undefined,
    close: () => undefined,
  };
  const look = { colours, hint: 'Ctrl-C ends' };
  createTableView(look, screen, { now: () => new Date(1_767_225_607_500) })(reading);
  return frames[0]?.(room) ?? [];
}

describe('a watch of GPUs as a table', () => {
  it('is the table alone in a pipe', () => {
    const lines = painted(TWO, PIPE);
    expect(lines).toHaveLength(5);
    expect(lines[0]).toMatch(/^GPU {2}NAME /);
  });

  it('has a status line on a terminal, and says how many lines there is no room for', () => {
    const lines = painted(TWO, { columns: 80, rows: 5 });
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('2 GPUs, 1 lost; Ctrl-C ends');
    expect(lines[4]).toBe('… 2 more');
  });

  it('says what is wrong above the table, cut to the terminal, and nothing that steers it', () => {
    const hung = { ...TWO, problems: HUNG.problems };
    expect(painted(hung, PIPE).slice(0, 2)).toEqual([
      'reading the PCI bus: \\u001b[2J',
      expect.stringMatching(/^GPU /),
    ]);
    expect(painted(HUNG, { columns: 20, rows: 5 })).toEqual(['0 GPUs, 0 lost; Ctrl', 'reading the PCI bus:']);
  });

  it('is coloured where it may be', () => {
    expect(painted(TWO, PIPE, true).join('\n')).toContain(`${RED}lost${RESET}`);
    const hot = seenInDocument(nvidiaCapture('rtx-3090-driver-470'), {
      changed: (reading) => ({ ...reading, temperatures: { gpu: 93 } }),
    });
    expect(painted({ ...TWO, gpus: hot }, PIPE, true).join('\n')).toContain(`${YELLOW}93 C${RESET}`);
  });
});

describe('a watch of GPUs as JSON', () => {
  it('is a line for each reading, and tells people once what is wrong', () => {
    const printed: string[] = [];
    const told: string[] = [];
    const show = createJsonView(
      (line) => printed.push(line),
      (line) => told.push(line),
    );
    for (const reading of [TWO, HUNG, HUNG, TWO, HUNG]) show(reading);
    expect(printed.map((line) => JSON.parse(line).length)).toEqual([2, 0, 0, 2, 0]);
    expect(told).toEqual([...HUNG.problems, ...HUNG.problems]);
  });
});
