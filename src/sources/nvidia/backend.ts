import type { ChildCommand } from '../../host/programs/child-process.ts';
import type { NvidiaSmiReading } from './parse.ts';

/** One way to ask the driver: a program to run, and how to understand it. */
export interface NvidiaBackend {
  readonly name: 'nvidia-smi' | 'node-nvidia-smi';
  readonly command: ChildCommand;
  /** Understands one run of the program. */
  createOutput(onReading: (reading: NvidiaSmiReading | Error) => void): BackendOutput;
}

/** What understands the output of one run. */
export interface BackendOutput {
  /** The next part; takes no longer than others can wait. */
  write(text: string): void;
  /** There is no more. */
  end(): void;
  /** What it printed beside readings, the beginning of it. */
  rest(): string;
  /** How nvidia-smi itself has ended, if that is not how the program did. */
  innerExitCode(): number | undefined;
}
