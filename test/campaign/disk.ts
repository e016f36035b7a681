import type { LedgerFiles } from '../../src/remediator/ledger.ts';
import type { LedgerPiece } from '../../src/remediator/ledger-walk.ts';
import type { Owner, WorldTime } from './time.ts';

/** How the disk is at the moment. */
export type DiskState = 'works' | 'slow' | 'full';

/** Longest time that a write takes. */
export const SLOW_WRITE_MS = 2000;

const WRITE_MS = 5;

/** A ledger's file on a simulated disk. */
export interface Disk {
  readonly texts: readonly string[];
  state: DiskState;
  /** Whether a write is under way, or is not acknowledged yet. */
  readonly isWriting: boolean;
  filesOf(owner: Owner): LedgerFiles;
  /** The process is gone: so many lines of what it was writing are on the disk, and a piece of the next one. */
  cut(lines: number): void;
}

/** Gives an empty disk; `onLine` is told of each line once it is there, and of who wrote it. */
export function createDisk(time: WorldTime, onLine: (text: string, owner: Owner) => void): Disk {
  const texts: string[] = [];
  let torn = '';
  let underWay: { readonly owner: Owner; readonly lines: readonly string[] } | undefined;
  let isWriting = false;

  function land(lines: readonly string[], owner: Owner): void {
    for (const line of lines) {
      texts.push(line);
      onLine(line, owner);
    }
  }

  const disk: Disk = {
    texts,
    state: 'works',
    get isWriting() {
      return isWriting;
    },
    filesOf: (owner) => ({
      async *read(): AsyncGenerator<LedgerPiece> {
        const piece = { file: 'ledger', number: 1, texts: [...texts] };
        yield torn === '' ? piece : { ...piece, torn: { text: torn, bytes: torn.length } };
        torn = '';
      },
      append(linesOf) {
        const lines = linesOf(texts.length === 0);
        isWriting = true;
        underWay = { owner, lines };
        return new Promise((resolve, reject) => {
          time.after(disk.state === 'slow' ? SLOW_WRITE_MS : WRITE_MS, owner, () => {
            underWay = undefined;
            const isFull = disk.state === 'full';
            if (!isFull) land(lines, owner);
            time.after(1, owner, () => {
              isWriting = false;
              if (isFull) reject(new Error('no space left on device'));
              else resolve();
            });
          });
        });
      },
    }),
    cut(count) {
      isWriting = false;
      if (underWay === undefined || disk.state === 'full') {
        underWay = undefined;
        return;
      }
      const { lines, owner } = underWay;
      underWay = undefined;
      land(lines.slice(0, count), owner);
      torn = lines[count]?.slice(0, 20) ?? '';
    },
  };
  return disk;
}
