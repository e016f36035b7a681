import { defineConfig } from 'vitest/config';

/**
 * `unit` needs nothing but Node; `programs` runs programs, fettle among them, and waits for them; `lab` and `e2e` boot the private systemd of test/lab (root on Linux).
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{lab,program}.test.ts', 'test/e2e/**'],
          // No test changes modules or globals, and a process for each file would take twice as long.
          isolate: false,
          maxWorkers: 2,
          // None takes a second by itself; a busy machine is no fault.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'programs',
          include: ['test/**/*.program.test.ts'],
          isolate: false,
          // They mostly wait, and some of them for no longer than they should.
          maxWorkers: 2,
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/**/*.lab.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
